# ... package, imports, lend() ...

/**
 * Takes {@code book} back.
 *
 * @throws java.util.NoSuchElementException if it is not out
 */
public void giveBack(Book book) {
    Loan loan = find(book).orElseThrow();

# ... rest of class ...
