"""What may have been left out when code was quoted, and lines that would stand twice for that."""

from __future__ import annotations

from support.doubted import rules

VIEWS = '''\
    @login_required
    @permission_required("shop.cancel")
    def cancel(request, key):
        """Cancel an order."""
        # the order is locked here
        order = find(key)
        order.cancel()
        return redirect("orders")


    @login_required
    def show(request, key):
        return render(find(key))
    '''


def test_a_decorator_does_not_go_in_passing() -> None:
    shown = '''\
        @login_required
        def cancel(request, key):
            """Cancel an order."""
            # the order is locked here
            order = find(key)
            log.info("cancel %s", key)
            order.cancel()
            # ... existing code ...
        '''
    assert rules(VIEWS, shown, "views.py") == {"undecorated"}
    alone = shown.replace('    log.info("cancel %s", key)\n        ', "")
    assert "undecorated" not in rules(VIEWS, alone, "views.py"), "it is there to change something"


def test_nor_does_a_comment_between_lines_that_stay() -> None:
    shown = '''\
        # ... existing code ...
        def cancel(request, key):
            """Cancel an order."""
            order = find(key)
            order.cancel()
            log.info("cancel %s", key)
            return redirect("orders")
        # ... existing code ...
        '''
    assert rules(VIEWS, shown, "views.py") == {"silenced"}
    changed = shown.replace("order = find(key)", "order = find(key, lock=True)")
    assert "silenced" not in rules(VIEWS, changed, "views.py"), "the line that it was about changes"


def test_nor_does_a_docstring() -> None:
    shown = """\
        # ... existing code ...
        def cancel(request, key):
            # the order is locked here
            order = find(key)
            order.cancel()
            log.info("cancel %s", key)
            return redirect("orders")
        # ... existing code ...
        """
    assert rules(VIEWS, shown, "views.py") == {"silenced"}


QUEUES = """\
    class Heap:
        def put(self, item):
            heappush(self.items, item)

        def get(self):
            return heappop(self.items)


    class Stack:
        def __init__(self, most):
            self.most = most
            self.items = []

        def size(self):
            return len(self.items)

        def put(self, item):
            self.items.append(item)

        def get(self):
            return self.items.pop()


    class Simple:
        def size(self):
            return len(self.items)
    """


def test_the_end_of_a_block_that_stays_is_no_new_end_of_its_twin_that_goes() -> None:
    shown = """\
            def get(self):
                return heappop(self.items)


        class Simple:
            # ... existing code ...
        """
    assert "copied" in rules(QUEUES, shown, "queues.py")


HANDLERS = """\
    class Ping {
      handle(socket) {
        socket.write('pong');
      }
    }

    class Quit {
      match(line) {
        return line === 'quit';
      }
    }

    serve(new Ping(), new Quit(), 80);
    """


def test_the_last_statement_of_a_file_does_not_stand_twice() -> None:
    shown = """\
          handle(socket) {
            socket.write('pong');
          }
        }

        serve(new Ping(), 80);
        """
    assert "outdated" in rules(HANDLERS, shown, "handlers.js")


def test_what_a_module_exports_is_said_once() -> None:
    base = HANDLERS.replace("serve(new Ping(), new Quit(), 80);", "module.exports = { Ping, Quit };")
    shown = """\
            socket.write('pong');
          }
        }

        module.exports = { Ping };
        // ... existing code ...
        """
    assert "redeclared" in rules(base, shown, "handlers.js")


SERVER = """\
    defmodule Shop do
      def add(order, state) do
        if full?(state) do
          {:error, :full}
        else
          orders = put(state, order)
          {:ok, orders}
        end
      end

      def size(state) do
        count(state)
      end
    end
    """


def test_blocks_of_elixir_close_as_before() -> None:
    shown = """\
          def add(order, state) do
            orders = put(state, order)
            {:ok, orders}
          end
          # ... existing code ...
        """
    assert rules(SERVER, shown, "shop.ex")
    grown = """\
          def add(order, state) do
            # ... existing code ...
          end

          def sum(state) do
            Enum.reduce(state, 0, fn order, sum -> sum + order.total end)
          end

          def size(state) do
          # ... existing code ...
        """
    assert rules(SERVER, grown, "shop.ex") == set()
