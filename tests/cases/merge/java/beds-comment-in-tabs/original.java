package garden;

class Bed {
	void water() {
		pump();
	}

	void dry() {
		stop();
	}
}
