# ... existing code ...

    def remove(self, sku):
        if all(item.sku != sku for item in self.items):
            raise TillError(f"no item {sku} in the basket")
        self.items = [item for item in self.items if item.sku != sku]

# ... existing code ...
