# ... existing code ...

class Basket:
    # ... existing code ...

    def gross(self):
        return self.net() * (1 + VAT) + self.shipping()

    def is_empty(self):
        return not self.items


def load_basket(path):
    # ... existing code ...
