"""stetbot: turn review comments and instruction files into commits that can be trusted."""

__version__ = "0.1.0"
