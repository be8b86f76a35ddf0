"""What an unfinished or lazy merge leaves in a file, and requests that are still to be applied.

`bot.leftovers.suspicion` asks a file's bytes whether there may be anything at all; `bot.leftovers.find` looks closely.
They are imported by name: most files end at the first, which costs next to nothing.
"""
