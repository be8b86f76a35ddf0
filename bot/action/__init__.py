"""The GitHub Action's door: event and environment in, outputs, summary and annotations out. It takes no arguments."""
