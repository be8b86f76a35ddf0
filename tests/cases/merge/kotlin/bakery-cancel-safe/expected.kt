package dev.crumb

import kotlinx.coroutines.delay
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlin.time.Duration.Companion.minutes

data class Bread(
    val name: String,
    val minutes: Int,
    val weight: Int,
)

class Oven(private val slots: Int) {
    private val mutex = Mutex()
    private val inside = mutableListOf<Bread>()

    suspend fun bake(bread: Bread): Boolean {
        mutex.withLock {
            if (inside.size >= slots) return false
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
}

class Bakery(private val ovens: List<Oven>) {
    private val shelf = ArrayDeque<Bread>()

    suspend fun bakeAll(plan: List<Bread>): List<Bread> {
        val failed = mutableListOf<Bread>()
        for (bread in plan) {
            val oven = ovens.maxBy { it.free() }
            if (oven.bake(bread)) {
                shelf.addLast(bread)
            } else {
                failed += bread
            }
        }
        return failed
    }

    fun sell(name: String): Bread? {
        val bread = shelf.firstOrNull { it.name == name } ?: return null
        shelf.remove(bread)
        return bread
    }
}
