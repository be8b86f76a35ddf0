# ... (everything above stays the same) ...

    def run(self, seconds):
        end = time.monotonic() + seconds
        frames = 0
        while time.monotonic() < end:
            if self.step() is not None:
                frames += 1
        return frames
