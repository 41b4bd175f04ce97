"""The ways a finished message leaves the house, one file a way."""
