# ... existing code ...
        try:
            values = parse(line)
        except (FrameError, ValueError) as error:
            self.errors += 1
            self.last_error = str(error)
            return None
        else:
            # ... existing code ...
        finally:
# ... existing code ...
