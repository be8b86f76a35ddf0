    # ... existing code ...

    def grams(name)
      sum { |packet| packet.name == name ? packet.grams : 0 }
    end

    def old(before)
    # ... existing code ...
