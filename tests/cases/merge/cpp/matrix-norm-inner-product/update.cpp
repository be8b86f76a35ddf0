// (rest of the file stays the same) ...
double norm(const Matrix<double>& m, std::size_t size, std::size_t col) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    sum += m.at(i, col) * m.at(i, col);
  }
  return std::sqrt(sum);
}
// ... end of namespace ...
