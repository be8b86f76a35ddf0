"""What a planner is asked for and fails at first: a thread in plain words, and a planner that is out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.planner_server import Answer, Call, PlannerRequest, Trouble

if TYPE_CHECKING:
    from support.github.scene import Scene
    from support.github.world import Thread

CART = "def net(items):\n    return sum(items)\n\n\ndef gross(items):\n    return net(items)\n"
SNIPPET = "def net(items):\n    return sum(items or ())\n\n\n# ... existing code ...\n"


def in_words(scene: Scene) -> Thread:
    scene.work.write("cart.py", CART)
    scene.work.commit("The cart")
    scene.push()
    return scene.world.thread(scene.pull, "grace", "cart.py", 2, "This misses the `None` case.")


def address_of(scene: Scene, thread: Thread) -> str:
    return f"{scene.github.url}/octo/shop/pull/{scene.pull.number}#discussion_r{thread.comments[0].id}"


class Moody:
    """A planner that is out of order at first."""

    def __init__(self) -> None:
        self.works = False

    def __call__(self, _: PlannerRequest) -> Answer | Trouble:
        if not self.works:
            return Trouble(400, "not today")
        return Answer((Call("cart.py", SNIPPET, "I am letting the sum take no items."),))
