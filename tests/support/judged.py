"""Small files, snippets and their true merges, in several languages: what the tests of `bot.verify` start from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import dedent


@dataclass(frozen=True)
class Example:
    path: str
    base: str
    snippet: str
    merged: str


def example(path: str, base: str, snippet: str, merged: str) -> Example:
    return Example(path, dedent(base), dedent(snippet), dedent(merged))


PYTHON = example(
    "shop/cart.py",
    """\
    import math
    import os

    # What a cart costs.
    RATE = 0.2


    def net(items):
        total = 0
        for item in items:
            total += item.price
        return total


    def gross(items):
        return net(items) * (1 + RATE)


    def show(items):
        print(net(items))
        print(gross(items))
    """,
    """\
    # ... existing code ...
    def net(items):
        total = 0
        for item in items:
            total += item.price * item.count
        return total
    # ... existing code ...
    """,
    """\
    import math
    import os

    # What a cart costs.
    RATE = 0.2


    def net(items):
        total = 0
        for item in items:
            total += item.price * item.count
        return total


    def gross(items):
        return net(items) * (1 + RATE)


    def show(items):
        print(net(items))
        print(gross(items))
    """,
)

TYPESCRIPT = example(
    "src/queue.ts",
    """\
    import { log } from "./log"

    export class Queue<T> {
      private items: T[] = []

      push(item: T) {
        this.items.push(item)
      }

      pop(): T | undefined {
        return this.items.shift()
      }
    }

    export function create() {
      return new Queue<string>()
    }
    """,
    """\
    // ... existing code ...
      push(item: T) {
        this.items.push(item)
      }

      peek(): T | undefined {
        return this.items[0]
      }

      pop(): T | undefined {
    // ... existing code ...
    """,
    """\
    import { log } from "./log"

    export class Queue<T> {
      private items: T[] = []

      push(item: T) {
        this.items.push(item)
      }

      peek(): T | undefined {
        return this.items[0]
      }

      pop(): T | undefined {
        return this.items.shift()
      }
    }

    export function create() {
      return new Queue<string>()
    }
    """,
)

YAML = example(
    "deploy/web.yaml",
    """\
    service:
      name: web
      port: 80
      probes:
        path: /live
        seconds: 5
    worker:
      name: jobs
      count: 3
    """,
    """\
    # ... other settings ...
      probes:
        path: /ready
        seconds: 5
    # ...
    """,
    """\
    service:
      name: web
      port: 80
      probes:
        path: /ready
        seconds: 5
    worker:
      name: jobs
      count: 3
    """,
)

GO = example(
    "store/store.go",
    """\
    package store

    import "errors"

    // Store keeps values.
    type Store struct {
    \tvalues map[string]string
    }

    // Get reads one.
    func (s *Store) Get(key string) (string, error) {
    \tvalue, ok := s.values[key]
    \tif !ok {
    \t\treturn "", errors.New("missing")
    \t}
    \treturn value, nil
    }

    // Put writes one.
    func (s *Store) Put(key, value string) {
    \ts.values[key] = value
    }
    """,
    """\
    // ... existing code ...
    // Put writes one.
    func (s *Store) Put(key, value string) {
    \tif s.values == nil {
    \t\ts.values = map[string]string{}
    \t}
    \ts.values[key] = value
    }
    """,
    """\
    package store

    import "errors"

    // Store keeps values.
    type Store struct {
    \tvalues map[string]string
    }

    // Get reads one.
    func (s *Store) Get(key string) (string, error) {
    \tvalue, ok := s.values[key]
    \tif !ok {
    \t\treturn "", errors.New("missing")
    \t}
    \treturn value, nil
    }

    // Put writes one.
    func (s *Store) Put(key, value string) {
    \tif s.values == nil {
    \t\ts.values = map[string]string{}
    \t}
    \ts.values[key] = value
    }
    """,
)

RUBY_DELETION = example(
    "lib/greeter.rb",
    """\
    class Greeter
      def hello(name)
        puts "hello"
        puts name
        log(name)
      end

      def bye(name)
        puts "bye"
      end
    end
    """,
    """\
    # ... existing code ...
      def hello(name)
        puts "hello"
        log(name)
      end
    # ... existing code ...
    """,
    """\
    class Greeter
      def hello(name)
        puts "hello"
        log(name)
      end

      def bye(name)
        puts "bye"
      end
    end
    """,
)

TWO_PLACES = example(
    "src/app.js",
    """\
    const retries = 3
    const timeout = 1000

    function connect(host) {
      return dial(host, timeout)
    }

    function close(line) {
      line.end()
    }

    module.exports = { connect, close }
    """,
    """\
    const retries = 5
    const timeout = 1000
    // ... existing code ...
    module.exports = { connect, close, retries }
    """,
    """\
    const retries = 5
    const timeout = 1000

    function connect(host) {
      return dial(host, timeout)
    }

    function close(line) {
      line.end()
    }

    module.exports = { connect, close, retries }
    """,
)

NO_EDGES = replace(PYTHON, snippet="def net(items):\n    total = 0\n    for item in items:\n"
                   "        total += item.price * item.count\n    return total\n")  # fmt: skip
DEDENTED = replace(TYPESCRIPT, snippet=dedent(
    """\
    // ... existing code ...
    push(item: T) {
      this.items.push(item)
    }

    peek(): T | undefined {
      return this.items[0]
    }

    pop(): T | undefined {
    // ... existing code ...
    """
))  # fmt: skip
NO_BLANKS = replace(TYPESCRIPT, snippet="\n".join(line for line in TYPESCRIPT.snippet.split("\n") if line.strip()))
OTHER_MARKERS = replace(PYTHON, snippet=PYTHON.snippet.replace("# ... existing", "// ... unchanged"))
FENCED = replace(PYTHON, snippet=f"```python\n{PYTHON.snippet}```\n")

TRUE = {
    "python": PYTHON,
    "typescript": TYPESCRIPT,
    "yaml": YAML,
    "go": GO,
    "ruby deletion": RUBY_DELETION,
    "two places": TWO_PLACES,
    "no markers at the edges": NO_EDGES,
    "dedented": DEDENTED,
    "blank lines left out": NO_BLANKS,
    "markers in another spelling": OTHER_MARKERS,
    "fenced snippet": FENCED,
}
