"""Which countries a text speaks of: the tables of names, and the reading of them. Pure but for loading."""
