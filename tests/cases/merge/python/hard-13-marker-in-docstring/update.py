# ... existing code ...

def parse(line):
    """Parse one frame.

    # ... existing code ...

    The line above is what the boot loader prints; it is skipped.
    """
    if line.startswith("#"):
        return None
    values = {}
    for part in line.strip().split(";"):
        key, _, value = part.partition("=")
        if key not in FRAME:
            raise FrameError(f"unknown key {key!r}")
        values[key] = float(value)
        if values[key] != values[key]:
            raise FrameError(f"{key} is not a number")
    return values

# ... existing code ...
