from app.db import session
from app.models import Person, Venue
from app.validate import email, required, url


class PersonForm:
    title = "Person"
    fields = ("name", "email", "homepage")

    def __init__(self, data):
        self.data = data
        self.errors = {}

    @property
    def valid(self):
        self.errors.clear()
        required(self, "name")
        email(self, "email")
        url(self, "homepage")
        return not self.errors

    def save(self):
        record = Person(**self.data)
        session.add(record)
        session.commit()
        return record

    def cancel(self):
        self.data = {}


class VenueForm:
    title = "Venue"
    fields = ("name", "seats")

    def __init__(self, data):
        self.data = data
        self.errors = {}

    @property
    def valid(self):
        self.errors.clear()
        required(self, "name")
        required(self, "seats")
        return not self.errors

    def save(self):
        record = Venue(**self.data)
        session.add(record)
        session.commit()
        return record

    def cancel(self):
        self.data = {}


FORMS = {
    "person": PersonForm,
    "venue": VenueForm,
}
