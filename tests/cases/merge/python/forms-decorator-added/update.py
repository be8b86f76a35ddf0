from app.audit import audited
from app.db import session
# ... existing code ...

class PersonForm:
    # ... existing code ...

    def save(self):
        record = Person(**self.data)
        session.add(record)
        session.commit()
        return record

    @audited
    def cancel(self):
        self.data = {}


class VenueForm:
    # ... existing code ...
