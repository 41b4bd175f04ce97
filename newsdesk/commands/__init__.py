"""The verbs of the command line, one file a noun; libraries are imported where they are used."""
