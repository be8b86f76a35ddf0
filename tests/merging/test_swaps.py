"""Code that would give way and need not; each rule on a small file, and where it must be silent."""

from __future__ import annotations

import pytest
from support.doubted import kept, rules

GUARDS = """\
    def lend(book, reader):
        if book.lent:
            return None
        book.reader = reader
        book.lent = True
        return book
    """


def test_a_guard_does_not_take_the_place_of_another() -> None:
    shown = """\
        # ... existing code ...
        def lend(book, reader):
            if reader.banned:
                return None
            # ... existing code ...
        """
    assert rules(GUARDS, shown, "lend.py"), "whether the old guard goes is not said"


def test_a_guard_that_ends_as_the_function_does_swallows_nothing() -> None:
    shown = """\
        # ... existing code ...
        def lend(book, reader):
            if reader.owns(book):
                return book
            # ... existing code ...
        """
    assert rules(GUARDS, shown, "lend.py")


def test_the_same_condition_in_other_words_is_a_change() -> None:
    shown = """\
        # ... existing code ...
        def lend(book, reader):
            if book.lent or book.lost:
                return None
            # ... existing code ...
        """
    assert not rules(GUARDS, shown, "lend.py")


ROWS = """\
    <section>
      <div class="row">
        <label>Name</label>
        <input name="name">
      </div>
      <div class="row">
        <label>Mail</label>
        <input name="mail">
      </div>
    </section>
    """


@pytest.mark.parametrize("marker", ["", "  <!-- ... existing code ... -->\n"])
def test_one_more_of_a_kind_takes_none_out(marker: str) -> None:
    shown = f"""\
        <section>
          <!-- ... existing code ... -->
          <div class="row">
            <label>Town</label>
            <input name="town">
          </div>
        {marker}</section>
        """
    assert rules(ROWS, shown, "form.html")


def test_another_value_for_the_same_name_is_a_change() -> None:
    base = """\
        small:
          size: 3
          depth: 4
        large:
          size: 7
          depth: 4
        """
    shown = """\
        # ...
        large:
          size: 9
          depth: 4
        """
    assert not rules(base, shown, "pots.yaml")


def test_a_block_before_its_successor_takes_none_out() -> None:
    base = """\
        pool.get('/beds', async (request) => {
          const bed = await find(request);
          reply(bed);
        });

        pool.post('/beds', async (request) => {
          reply(await add(request));
        });
        """
    shown = """\
        // ... existing code ...
        pool.get('/beds/:id/plants', async (request) => {
          const bed = await find(request);
          reply(bed.plants);
        });

        pool.post('/beds', async (request) => {
        // ... existing code ...
        """
    assert rules(base, shown, "pool.js")


def test_a_comment_that_says_existing_stands_for_what_goes() -> None:
    base = """\
        <ul>
          <li>rake</li>
          <li>spade</li>
        </ul>
        <p>2 tools</p>
        """
    shown = """\
        <ul>
          <!-- existing tools -->
        </ul>
        <p>3 tools</p>
        """
    assert "left-to" in rules(base, shown, "tools.html")
    prose = shown.replace("<!-- existing tools -->", "<!-- tools of all the gardens, -->\n  <!-- same order -->")
    assert "left-to" not in rules(base, prose, "tools.html")


def test_a_comment_below_the_old_one_may_be_meant_for_it() -> None:
    base = """\
        import gate


        # Opens the gate for
        # whoever knocks.
        def open_gate(who):
            gate.open()
            return who
        """
    shown = """\
        # ... existing code ...
        # Opens the gate at once.
        def open_gate(who):
            gate.open()
            # ... existing code ...
        """
    found = rules(base, shown, "gate.py")
    assert found, "whether the old comment goes is not said"


def test_a_rename_whose_body_goes_on_is_proven_by_its_marker() -> None:
    base = """\
        class Shed:
            @tool
            def rake(self):
                with self.lock:
                    found = self.find("a rake")
                    found.clean()
                    return found

            @tool
            def spade(self):
                return self.find("a spade")
        """
    shown = """\
        # ... existing code ...
            @tool
            def clean_rake(self):
                with self.lock:
                    found = self.find("a rake")
                    # ... existing code ...
        """
    assert not rules(base, shown, "shed.py")


LINKS = """\
    <nav>
      <a href="/pots">Pots</a>
      <a href="/pans">Pans</a>
      <a href="/account">Account</a>
    </nav>
    """


@pytest.mark.parametrize(
    "inside",
    [
        '  <a href="/help">Help</a>\n  <!-- ... existing code ... -->\n',
        '  <!-- ... existing code ... -->\n  <a href="/help">Help</a>\n',
    ],
)
def test_a_new_first_or_last_entry_takes_none_out(inside: str) -> None:
    assert rules(LINKS, f"<nav>\n{inside}</nav>\n", "nav.html")


def test_less_does_not_come_than_goes_beside_a_marker() -> None:
    base = """\
        func routes(r Router) Router {
          r.Use(logging)
          r.Get("/pots", list)
          r.Get("/pots/{id}", get)
          r.Post("/pots", create)
          r.Delete("/pots/{id}", remove)
          return r
        }
        """
    shown = """\
        // ... existing code ...
          r.Put("/pots/{id}", replace)
          r.Patch("/pots/{id}", update)
          return r
        }
        """
    assert rules(base, shown, "routes.go")


def test_a_block_before_a_successor_that_changes_too_takes_none_out() -> None:
    base = """\
        jobs:
          lint:
            runs-on: small
            steps:
              - uses: actions/checkout@v4
              - run: npm ci
              - run: npm run lint

          test:
            runs-on: small
            needs: lint
            steps:
              - run: npm test
        """
    shown = """\
        # ... existing code ...
          types:
            runs-on: small
            steps:
              - uses: actions/checkout@v4
              - run: npm ci
              - run: npm run types

          test:
            runs-on: small
            needs: [lint, types]
            # ... existing code ...
        """
    assert rules(base, shown, "ci.yml")


TOOLS = """\
    tools = [
        Tool("rake", teeth=12),
        Tool("spade", weight=3),
        Tool("hoe", width=20),
    ]
    """


@pytest.mark.parametrize(
    "inside",
    [
        '    Tool("trowel", size=1),\n    # ... existing code ...\n',
        '    # ... existing code ...\n    Tool("trowel", size=1),\n',
    ],
)
def test_a_new_entry_beside_a_marker_takes_none_out(inside: str) -> None:
    assert kept(TOOLS, f"tools = [\n{inside}]\n", "tools.py")


def test_an_entry_that_says_more_is_the_same_one() -> None:
    shown = """\
        tools = [
            # ... existing code ...
            Tool("hoe", width=20, handle="ash"),
        ]
        """
    assert not rules(TOOLS, shown, "tools.py")


def test_dots_inside_a_line_do_not_take_out_what_it_says() -> None:
    base = """\
        function plan(garden) {
          const beds = select(garden, { dry: true, sown: false });
          return beds;
        }
        """
    shown = """\
        function plan(garden) {
          const beds = select(...);
          log(beds);
          return beds;
        }
        """
    assert "abridged" in rules(base, shown, "plan.js")
    spread = shown.replace("select(...)", "select(...garden.parts)")
    assert "abridged" not in rules(base, spread, "plan.js")


def test_a_marker_at_the_end_of_a_block_stands_for_lines_of_the_block() -> None:
    base = """\
        class Player {
            fun mute() {
                val manager = context.service(Context.AUDIO) as AudioManager
                manager.adjustVolume(AudioManager.MUSIC, AudioManager.MUTE, 0)
            }

            fun unmute() {
                val manager = context.service(Context.AUDIO) as AudioManager
                manager.adjustVolume(AudioManager.MUSIC, AudioManager.UNMUTE, 0)
            }
        }
        """
    shown = """\
            fun mute() {
                val manager = context.service(Context.AUDIO) as AudioManager
                if (manager.isMuted(AudioManager.MUSIC)) return
                // ... existing code ...
            }
        """
    assert rules(base, shown, "Player.kt"), "the only line of the block is not to go"


@pytest.mark.parametrize(
    ("base", "shown", "path"),
    [
        (
            """\
            declare class Level<K, V>
              extends Base<string | Buffer, K, V> {
              open(): void;
            }
            """,
            "// ...\n  extends Base<string | Buffer | Bytes, K, V> {\n// ...\n",
            "level.ts",
        ),
        (
            """\
            class Record:
                def __repr__(self):
                    return "Record"

                def __reduce__(self):
                    # The trace cannot be kept.
                    try:
                        dumps(self.value)
                    except DumpError:
                        return (Record, (self.kind, None))
                    else:
                        return (Record, (self.kind, self.value))
            """,
            """\
            def __reduce__(self):
                # The trace cannot be kept, and it may be that the value cannot either.
                try:
                    dumped = dumps(self.value)
                except Exception:
                    return (Record, (self.kind, None))
                else:
                    return (Record.loaded, (self.kind, dumped))

            @classmethod
            def loaded(cls, kind, dumped):
                try:
                    value = loads(dumped)
                except Exception:
                    return cls(kind, None)
                else:
                    return cls(kind, value)
            """,
            "record.py",
        ),
    ],
    ids=["all-words", "same-clause"],
)
def test_a_header_given_anew_is_no_other_block(base: str, shown: str, path: str) -> None:
    assert rules(base, shown, path) == set()


def test_a_comment_for_a_comment_takes_nothing_out() -> None:
    base = """\
        export type Shape = Circle | Square;

        // Keys that a shape has, in their own form.
        type KeysOf<T> = Known<T> | Aliases<keyof T>;

        export type Area = number;
        """
    shown = """\
        // What a shape is asked for; numbers are allowed too.
        type KeysOf<T> = Normal<Known<T>> | Aliases<keyof T>;
        """
    assert rules(base, shown, "shape.ts") == set()


def test_a_known_line_at_an_edge_is_new_where_the_weighing_is_sure() -> None:
    base = """\
        from .. import Scanner
        from ..errors import DeviceError, BusError
        from ..client import Client


        class Bus:
            def start(self):
                self._event = (
                    local_event
                ) = asyncio.Event()
                self.client = Client(
                    self._event,
                )

            def stop(self):
                self.client.close()
        """
    shown = """\
        # ... existing code ...
        from .. import Scanner
        from ..errors import (
            BusError,
            DeviceError,
        )
        from ..client import Client

        # ... existing code ...

                self._event = local_event = (
                    asyncio.Event()
                )
                # ... existing code ...
        """
    assert rules(base, shown, "bus.py") == set()
