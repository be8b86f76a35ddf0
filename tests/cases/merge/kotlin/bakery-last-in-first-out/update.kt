/* ... */
    fun sell(name: String?): Bread? {
        if (name == null) return shelf.removeFirstOrNull()
        val bread = shelf.firstOrNull { it.name == name } ?: return null
/* ... */
