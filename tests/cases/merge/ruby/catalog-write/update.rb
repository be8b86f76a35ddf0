# ... existing code ...
      catalog
    end

    def write(path)
      CSV.open(path, 'w') do |csv|
        csv << %w[name year grams]
        each { |packet| csv << packet.to_a }
      end
    end

    def initialize
      @packets = []
# ... existing code ...
