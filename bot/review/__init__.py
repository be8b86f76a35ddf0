"""The door of a pull request, without its hands: who is heard, what a command says, what is answered, in records alone.

commands   the closed grammar of `/stetbot ...`
gate       who may feed the bot, and what is let through
moved      whether a run may follow a head that moved
ladder     how a result reaches a branch that cannot be pushed to
offers     the hash of an UNPROVEN edit, and the edit itself, kept in the bot's own reply
state      hidden markers: what has been answered, and how often the bot ran
answers    the texts of replies and summaries
"""
