// ... requires ...
require 'csv'
require 'forwardable'
require 'set'
// ... module head ...
    include Enumerable
    extend Forwardable

    def_delegator :@packets, :each

    class Missing < StandardError; end
// ... read, initialize, add ...
      @packets << Packet.new(name, year, grams)
      self
    end

    def fetch(name)
// ... rest of the class ...
