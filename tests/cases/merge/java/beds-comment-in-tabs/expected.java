package garden;

class Bed {
	void water() {
		pump();
	}

	/**
	 * Stops the pump, and lets the soil rest.
	 */
	void dry() {
		stop();
	}
}
