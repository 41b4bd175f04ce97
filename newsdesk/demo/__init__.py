"""The Meridian, a paper that does not exist: its articles, pictures and readers, for trying out."""
