"""Sources that are looked at again and again, one file a kind: feeds, folders, databases."""
