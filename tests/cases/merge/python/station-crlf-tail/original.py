#!/usr/bin/env python3
"""Reads a weather station over a serial line.

The station sends one frame a second:

    # ... existing code ...
    T=21.5;H=40;P=1013

Lines that begin with `#` are noise of the boot loader.
"""

import threading
import time
from collections import deque

FRAME = ("T", "H", "P")
# TODO ... calibrate the hygrometer
OFFSET = {"T": -0.3, "H": 0.0, "P": 1.2}


class FrameError(ValueError):
    pass


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
    return values


def calibrate(values):
    return {key: value + OFFSET[key] for key, value in values.items()}


class Station:
    def __init__(self, port, size=60):
        self.port = port
        self.lock = threading.Lock()
        self.history = deque(maxlen=size)
        self.errors = 0

    def step(self):
        line = self.port.readline().decode("ascii", "replace")
        try:
            values = parse(line)
        except FrameError:
            self.errors += 1
            return None
        else:
            if values is None:
                return None
        finally:
            time.sleep(0.01)
        values = calibrate(values)
        self.history.append(values)
        return values

    def mean(self, key):
        if not self.history:
            return None
        return sum(values[key] for values in self.history) / len(self.history)

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.step()
