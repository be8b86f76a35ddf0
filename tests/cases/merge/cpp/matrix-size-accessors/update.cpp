// ... existing code ...
        return sum;
    }

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }

private:
// ... existing code ...
