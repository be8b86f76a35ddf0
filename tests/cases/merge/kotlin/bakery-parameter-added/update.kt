// ... existing code ...

data class Bread(
    val name: String,
    val minutes: Int,
    val weight: Int,
    val cents: Int = 0,
)

// ... existing code ...
