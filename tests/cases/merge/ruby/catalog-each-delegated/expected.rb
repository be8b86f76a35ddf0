# frozen_string_literal: true

require 'csv'
require 'forwardable'
require 'set'

module Seedbank
  # The packets of a seed bank, by name and by year.
  class Catalog
    include Enumerable
    extend Forwardable

    def_delegator :@packets, :each

    class Missing < StandardError; end

    attr_reader :packets

    def self.read(path)
      catalog = new
      CSV.foreach(path, headers: true) do |row|
        catalog.add(row['name'], row['year'].to_i, row['grams'].to_f)
      end
      catalog
    end

    def initialize
      @packets = []
      @names = Set.new
    end

    def add(name, year, grams)
      @names << name
      @packets << Packet.new(name, year, grams)
      self
    end

    def fetch(name)
      found = select { |packet| packet.name == name }
      raise Missing, name if found.empty?

      found.max_by(&:year)
    end

    def grams(name)
      total = 0
      each do |packet|
        if packet.name == name
          total += packet.grams
        end
      end
      total
    end

    def old(before)
      select do |packet|
        packet.year < before
      end
    end

    def to_s
      @names.sort.map { |name| "#{name}: #{grams(name)} g" }.join("\n")
    end
  end

  Packet = Struct.new(:name, :year, :grams)
end
