import Foundation

/// Follows the pitch of one string.
final class PitchTracker {
    enum State {
        case silent
        case listening(frequency: Double)
    }

    private(set) var state: State = .silent
    private var samples: [Double] = []
    private let window: Int

    init(window: Int = 16) {
        self.window = window
    }

    func feed(_ frequency: Double?) {
        guard let frequency else {
            samples.removeAll()
            update(.silent)
            return
        }
        samples.append(frequency)
        if samples.count > window {
            samples.removeFirst()
        }
        update(.listening(frequency: median()))
    }

    func cents(from reference: Double) -> Double? {
        switch state {
        case .silent:
            return nil
        case .listening(let frequency):
            return 1200 * log2(frequency / reference)
        }
    }

    private func median() -> Double {
        let sorted = samples.sorted()
        return sorted[sorted.count / 2]
    }

    private func update(_ new: State) {
        state = new
    }
}
