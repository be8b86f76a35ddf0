"""What may have been left out when code was quoted, and lines that would stand twice for that."""

from __future__ import annotations

from support.doubted import kept, rules
from support.readings import reading

from bot.merging.doubts import doubts_of

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
    changed = """\
        # ... existing code ...
        def cancel(request, key):
            # the order is locked here
            order = find(key)
            order.cancel()
            return redirect("cancelled")
        # ... existing code ...
        """
    assert rules(VIEWS, changed, "views.py") == {"silenced"}, "it was forgotten where a line changes, too"
    head = "        def cancel(request, key):\n"
    whole = changed.replace(head, f'{head}            """Cancel an order."""\n')
    assert rules(VIEWS, whole, "views.py") == set()


def test_the_end_of_a_block_that_stays_is_no_new_end_of_its_twin_that_goes() -> None:
    first, last = ["get() {", "  return shelf.take(first);", "}"], ["get() {", "  return shelf.take(latest);", "}"]
    shown = [*first, "end()"]
    one, material = reading([*first, "class Stack {", *last, "end()"], shown, (4, 8))
    assert "copied" in {doubt.rule for doubt in doubts_of(one, material)}
    phrase = ["take() {", *first[1:]]
    other, material = reading([*phrase, "class Stack {", *last, "end()"], shown, (4, 8))
    assert "copied" not in {doubt.rule for doubt in doubts_of(other, material)}, (
        "a phrase of another block, which stands under another line there"
    )


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


RUN = """\
    func (p *Pool) Start(ctx context.Context) {
    \tvar wg sync.WaitGroup
    \twg.Add(1)
    \tgo func() {
    \t\tdefer wg.Done()
    \t\tp.server.Serve(ctx)
    \t}()
    \twg.Add(1)
    \tgo func() {
    \t\tdefer wg.Done()
    \t\tp.worker.Work(ctx)
    \t}()
    \twg.Add(1)
    \tgo func() {
    \t\tdefer wg.Done()
    \t\tp.mailer.Send(ctx)
    \t}()
    \twg.Wait()
    }
    """


def test_one_more_of_several_twins_takes_none_out() -> None:
    shown = """\
        \t// ... existing code ...
        \twg.Add(1)
        \tgo func() {
        \t\tdefer wg.Done()
        \t\tp.worker.Work(ctx)
        \t}()
        \twg.Add(1)
        \tgo func() {
        \t\tdefer wg.Done()
        \t\tp.cleaner.Clean(ctx)
        \t}()
        \twg.Add(1)
        \tgo func() {
        \t\tdefer wg.Done()
        \t\tp.mailer.Send(ctx)
        \t// ... existing code ...
        """
    assert kept(RUN, shown, "pool.go")


ENTRIES = """\
    keys = {
      {
        mode = "n",
        left = "w",
        right = ":w",
      },
      {
        mode = "n",
        left = "q",
        right = ":q",
      },
      {
        mode = "n",
        left = "b",
        right = ":b",
      },
    }
    """


def test_nor_does_one_more_entry_of_a_list() -> None:
    shown = """\
          -- ... existing code ...
          {
            mode = "n",
            left = "q",
            right = ":q",
          },
          {
            mode = "n",
            left = "x",
            right = ":x",
          },
          {
            mode = "n",
            left = "b",
          -- ... existing code ...
        """
    assert kept(ENTRIES, shown, "keys.lua")
