# ... existing code ...

TEMPLATE = """
import os

# ... existing code ...

def main():
    return 0

main()
"""

# ... existing code ...
