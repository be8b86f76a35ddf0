#include "matrix.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace grid {

template <typename T>
class Matrix {
public:
    Matrix(std::size_t rows, std::size_t cols)
        : rows_(rows), cols_(cols), cells_(rows * cols) {}

    T& at(std::size_t row, std::size_t col) {
        assert(row < rows_ && col < cols_);
        return cells_[row * cols_ + col];
    }

    const T& at(std::size_t row, std::size_t col) const {
        assert(row < rows_ && col < cols_);
        return cells_[row * cols_ + col];
    }

    Matrix transposed() const {
        Matrix out(cols_, rows_);
        for (std::size_t row = 0; row < rows_; ++row) {
            for (std::size_t col = 0; col < cols_; ++col) {
                out.at(col, row) = at(row, col);
            }
        }
        return out;
    }

    T trace() const {
        T sum{};
        for (std::size_t i = 0; i < std::min(rows_, cols_); ++i) {
            sum += at(i, i);
        }
        return sum;
    }

private:
    std::size_t rows_;
    std::size_t cols_;
    std::vector<T> cells_;
};

double norm(const Matrix<double>& m, std::size_t size) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        sum += m.at(i, 0) * m.at(i, 0);
    }
    return std::sqrt(sum);
}

}  // namespace grid
