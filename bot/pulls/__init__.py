"""A pull request as GitHub has it: its records, and the requests that its review threads make. Pure."""
