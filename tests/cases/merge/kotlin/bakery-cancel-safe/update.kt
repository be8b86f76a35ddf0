// ... existing code ...
            inside += bread
        }
        try {
            delay(bread.minutes.minutes)
        } finally {
            mutex.withLock {
                inside -= bread
            }
        }
        return true
    }

    suspend fun free(): Int = mutex.withLock { slots - inside.size }
// ... existing code ...
