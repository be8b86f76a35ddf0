// ... existing code ...

    public Optional<Loan> find(Book book) {
        return open.stream().filter(loan -> loan.book().equals(book)).findFirst();
    }

    public List<Loan> overdue() {
        return open.stream().filter(loan -> loan.due().isBefore(today())).toList();
    }

    @Override
    public String toString() {
// ... existing code ...
