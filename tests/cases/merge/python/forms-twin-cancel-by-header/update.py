# ... existing code ...

class VenueForm:
    # ... existing code ...

    def cancel(self):
        self.data = {}
        self.errors = {}


FORMS = {
    # ... existing code ...
