// ... existing code ...
    public Loan lend(Book book, Reader reader) {
        return lend(book, reader, DAYS);
    }

    /** Lends {@code book} for {@code days} days. */
    public Loan lend(Book book, Reader reader, int days) {
        if (find(book).isPresent()) {
            throw new IllegalStateException(book.title() + " is out");
        }
        Loan loan = new Loan(book, reader, today().plusDays(days));
        open.add(loan);
        return loan;
    }

    public void giveBack(Book book) {
// ... existing code ...
