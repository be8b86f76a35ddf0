"""A run on a pull request: what it reads, where its result goes, what it answers."""
