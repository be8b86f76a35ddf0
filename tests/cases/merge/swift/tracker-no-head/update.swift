    private func update(_ new: State) {
        guard new != state else { return }
        state = new
        onChange?(new)
    }
}
