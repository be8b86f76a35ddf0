"""Shortens long sources for prompts, and tells whether a text was shortened."""

import re

HASH = "# ... existing code ..."
SLASH = "// ... existing code ..."

TEMPLATE = """
import os

# ... existing code ...

def main():
    return 0
"""


def is_marker(line):
    """True for a line that stands for code which is not shown."""
    text = line.strip()
    if text in (HASH, SLASH):
        return True
    return re.fullmatch(r"(#|//)\s*\.{3}.*", text) is not None


def elide(lines, keep):
    out = []
    hidden = False
    for number, line in enumerate(lines, 1):
        if number in keep:
            out.append(line)
            hidden = False
        elif not hidden:
            out.append(HASH)
            hidden = True
    return out


def count(text):
    return sum(is_marker(line) for line in text.split("\n"))


def demo():
    print(TEMPLATE)
    print(count(TEMPLATE))
