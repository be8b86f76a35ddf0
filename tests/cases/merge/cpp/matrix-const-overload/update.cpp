// ... existing code ...

    const T& at(std::size_t row, std::size_t col) const {
        if (row >= rows_ || col >= cols_) {
            throw std::out_of_range("Matrix::at");
        }
        return cells_[row * cols_ + col];
    }

    Matrix transposed() const {
// ... existing code ...
