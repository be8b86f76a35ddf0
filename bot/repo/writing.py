"""A new tree from an old one and some changes, in memory: nothing but objects is written, and no index is touched."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.entries import EXECUTABLE, FOLDER, REGULAR, TreeChange
from bot.errors import Code, Refusal
from bot.paths import check_path
from bot.repo.objects import TreeItem, tree_bytes
from bot.repo.tree import refuse_filtered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.repo.objects import Objects
    from bot.repo.tree import Tree

_REPLACEABLE = (REGULAR, EXECUTABLE, "100664")


class TreeWriter:
    """Collects the objects of one commit; `objects` holds them, kind and bytes, blobs before trees."""

    def __init__(self, store: Objects, base: Tree) -> None:
        self._store = store
        self._base = base
        self.objects: list[tuple[str, bytes]] = []

    def write(self, changes: Sequence[TreeChange]) -> str:
        """The id of the base's tree with `changes` made; the objects are collected, not stored.

        Raises Refusal where a change does not fit the tree: a path that is not safe, or is no regular file.
        """
        paths = [change.path for change in changes]
        if len(set(paths)) != len(paths):
            raise ValueError("a path is changed twice")
        placed = [(check_path(change.path).split("/"), change) for change in changes]
        items = self._folder(self._base.id, placed, "")
        return self._keep("tree", tree_bytes(items))

    def _folder(
        self, tree: str | None, changes: Sequence[tuple[list[str], TreeChange]], above: str
    ) -> dict[str, TreeItem]:
        items = dict(self._store.tree(tree)) if tree else {}
        below: defaultdict[str, list[tuple[list[str], TreeChange]]] = defaultdict(list)
        here: dict[str, TreeChange] = {}
        for names, change in changes:
            if len(names) == 1:
                here[names[0]] = change
            else:
                below[names[0]].append((names[1:], change))
        # What goes makes room first: a file for a folder of its name, and a folder for a file.
        for name, change in here.items():
            if change.mode is None:
                self._remove(items, name, change.path)
        for name, inside in below.items():
            self._below(items, name, inside, above)
        for name, change in here.items():
            if change.mode is not None:
                items[name] = TreeItem(change.mode, self._blob(items.get(name), change))
        return items

    def _remove(self, items: dict[str, TreeItem], name: str, path: str) -> None:
        if name not in items or items[name].mode not in _REPLACEABLE:
            raise Refusal(Code.UNKNOWN_PATH, f"{path} is no file of the base: it cannot be deleted")
        del items[name]

    def _below(
        self, items: dict[str, TreeItem], name: str, inside: list[tuple[list[str], TreeChange]], above: str
    ) -> None:
        old = items.get(name)
        if old and old.mode != FOLDER:
            raise Refusal(Code.CONTRADICTS, f"{above}{name} is a file: {inside[0][1].path} needs a folder there")
        made = self._folder(old.id if old else None, inside, f"{above}{name}/")
        if made:
            items[name] = TreeItem(FOLDER, self._keep("tree", tree_bytes(made)))
        else:
            items.pop(name, None)

    def _blob(self, old: TreeItem | None, change: TreeChange) -> str:
        if change.mode not in (REGULAR, EXECUTABLE):
            raise ValueError(f"{change.path}: {change.mode} is no mode of a regular file")
        if old and old.mode not in _REPLACEABLE:
            raise Refusal(Code.CONTRADICTS, f"{change.path} is no regular file of the base")
        if old and not change.fresh:
            return self._keep("blob", change.data)
        if old:
            raise Refusal(Code.CONTRADICTS, f"{change.path} is in the base already: it cannot be created")
        attributes = self._base.attributes(change.path)
        refuse_filtered(change.path, attributes)
        if not change.fresh:  # it comes from another path
            return self._keep("blob", change.data)
        # As git's convert.c: line ends are normalised on the way in, an encoding of the work tree is not in the blob.
        data = change.data.replace(b"\r\n", b"\n") if attributes.normalised else change.data
        return self._keep("blob", data)

    def _keep(self, kind: str, data: bytes) -> str:
        self.objects.append((kind, data))
        return self._store.id_of(kind, data)
