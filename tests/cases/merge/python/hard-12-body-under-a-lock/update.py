# ... existing code ...

    def mean(self, key):
        with self.lock:
            if not self.history:
                return None
            return sum(values[key] for values in self.history) / len(self.history)

# ... existing code ...
