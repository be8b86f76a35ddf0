// ... existing code ...
    enum State {
        case silent
        case settling
        case listening(frequency: Double)
    }

    // ... existing code ...

        if samples.count > window {
            samples.removeFirst()
        }
        guard samples.count * 2 >= window else {
            update(.settling)
            return
        }
        update(.listening(frequency: median()))
    }

    func cents(from reference: Double) -> Double? {
        switch state {
        case .silent, .settling:
            return nil
        // ... existing code ...
        }
    }

    // ... existing code ...
