    // ... existing code ...

    /**
     * Stops the pump, and lets the soil rest.
     */
    void dry() {
        stop();
    }
}
