"""The wire format of chat completions, with no I/O: what is sent, and what an answer says.

Whoever speaks to an OpenAI-compatible service (Morph, a planner) builds bytes here and has bytes read here; sockets,
clocks and environments are the business of `bot.http` and `bot.chat_client`.
"""
