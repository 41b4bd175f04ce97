"""A day's stories in, one digest for each subscriber out."""
