// ... existing code ...
        return late;
    }

    private LocalDate today() {
        return LocalDate.now(clock);
    }
// ... existing code ...
