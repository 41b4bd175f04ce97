"""A region's articles in, what feed readers poll out."""
