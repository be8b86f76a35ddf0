# ... existing code ...

class VenueForm:
    # ... existing code ...

    def save(self):
        record = Venue(**self.data)
        session.add(record)
        session.flush()
        session.commit()
        return record

    # ... existing code ...
