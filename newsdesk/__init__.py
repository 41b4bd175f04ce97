"""The face: settings, the command line, the demo."""

__version__ = "0.1.0"
