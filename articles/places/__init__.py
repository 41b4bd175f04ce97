"""Which countries a text speaks of: tables of names, and their reading. Pure but for loading."""
