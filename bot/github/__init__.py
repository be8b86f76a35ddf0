"""GitHub: pull requests, their threads and what is written back to them. No call here approves, dismisses or merges."""
