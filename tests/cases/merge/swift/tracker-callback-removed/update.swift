// ... existing code ...
    private let window: Int

    init(window: Int = 16) {
// ... existing code ...
    private func update(_ new: State) {
        state = new
    }
}
