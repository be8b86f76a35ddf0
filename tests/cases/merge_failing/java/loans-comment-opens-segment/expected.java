package org.lantern;

import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The books that are out, and who has them. */
public final class Loans {

    private static final int DAYS = 28;

    private final List<Loan> open = new ArrayList<>();
    private final Clock clock;

    public Loans(Clock clock) {
        this.clock = clock;
    }

    /**
     * Lends {@code book} to {@code reader}.
     *
     * @throws IllegalStateException if the book is out
     */
    public Loan lend(Book book, Reader reader) {
        if (find(book).isPresent()) {
            throw new IllegalStateException(book.title() + " is out");
        }
        Loan loan = new Loan(book, reader, today().plusDays(DAYS));
        open.add(loan);
        return loan;
    }

    /**
     * Takes {@code book} back.
     *
     * @throws java.util.NoSuchElementException if it is not out
     */
    public void giveBack(Book book) {
        Loan loan = find(book).orElseThrow();
        open.remove(loan);
    }

    public Optional<Loan> find(Book book) {
        for (Loan loan : open) {
            if (loan.book().equals(book)) {
                return Optional.of(loan);
            }
        }
        return Optional.empty();
    }

    public List<Loan> overdue() {
        List<Loan> late = new ArrayList<>();
        for (Loan loan : open) {
            if (loan.due().isBefore(today())) {
                late.add(loan);
            }
        }
        return late;
    }

    @Override
    public String toString() {
        return "Loans[" + open.size() + " open]";
    }

    private LocalDate today() {
        return LocalDate.now(clock);
    }

    /** One book with one reader. */
    public record Loan(Book book, Reader reader, LocalDate due) {
    }
}
