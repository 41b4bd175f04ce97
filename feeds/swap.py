"""Files made ready in, a public folder that shows all of them or none out. Writes files.

    public/
        feeds -> .live/feeds      one link for each name at the top, made once
        feeds.opml -> .live/feeds.opml
        .live -> .tree-a          the one link that a publication moves
        .tree-a/  .tree-b/        what stands, and what stood before: the same files, hard-linked
        .behind                   in which names the two may differ
        .incoming/                files of a publication that has not happened yet

The tree that rests is brought up to what stands and then to what shall stand, and takes the other's
place by one rename. That costs what changed, however much stands. Whoever reads through the links
has the one tree or the other; who began before the swap has the old one until the next publication.

After a kill or a power cut the live tree is whole, because nothing in it is ever written; the
resting one may be anything, but only in names which `.behind` has, durably, before they change.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from feeds import files
from feeds.files import PublishError, explained

LIVE = ".live"
TREES = (".tree-a", ".tree-b")
BEHIND = ".behind"
INCOMING = ".incoming"

#: After a first or a full publication the other tree follows at once, so that the next article does
#: not wait for it (measured: 10 microseconds a file). After a small one it follows with the next:
#: who is walking through the old tree may finish.
FOLLOWS_AT_ONCE = 1_000


class Behind(msgspec.Struct, frozen=True):
    """In which names the resting tree may differ from the live one."""

    live: str  # which tree was live when this was written
    changed: tuple[str, ...] = ()  # by the publication that was then made
    before: tuple[str, ...] = ()  # by what was before it


class Trees:
    """The public folder. One process at a time may write: the caller holds the desk."""

    def __init__(self, public: Path) -> None:
        self.public = public
        self.incoming = public / INCOMING
        self._touched: set[str] = set()

    @property
    def live(self) -> Path:
        """The tree that stands; before the first publication a folder that is not there."""
        return self.public / LIVE

    @property
    def resting(self) -> Path:
        """The tree that nobody reads."""
        return self.public / TREES[self._live_name() == TREES[0]]

    def clear(self, tops: Iterable[str]) -> None:
        """Make room for what comes in; `tops` are the names at the top that will be ours.

        Raises:
            PublishError: something of somebody else's has one of these names.
        """
        for top in tops:
            path = self.public / top
            if os.path.lexists(path) and not self._is_ours(path):
                raise PublishError(
                    f"{path}: this name is for what newsdesk publishes; move it out of the way,"
                    " then publish again"
                )
        with explained(self.incoming):
            if self.incoming.exists():  # left by a run that was killed
                shutil.rmtree(self.incoming)

    def exchange(self, changes: Mapping[str, str | None]) -> None:
        """Let `changes` stand, all at once: name -> a file of `incoming`, synced; None removes it.

        Raises:
            PublishError: the disk is full, or a folder cannot be written. What stood stands.
        """
        with explained(self.public):
            behind = self._behind()
            # Before anything changes: a run after a power cut has to know where to look.
            before = tuple(sorted(behind - changes.keys()))
            self._note(Behind(self._live_name(), tuple(changes), before))
            self._follow(before)
            resting = str(self.resting)
            for name, source in changes.items():
                self._place(f"{resting}/{name}", source)
            self._settle()
            self._name_tops(changes)
            self._swap()
            if len(changes) > FOLLOWS_AT_ONCE:
                self.follow()
            shutil.rmtree(self.incoming)

    def follow(self) -> None:
        """Bring the resting tree up to the live one."""
        self._follow(sorted(self._behind()))
        self._settle()
        self._note(Behind(self._live_name()))

    def _follow(self, names: Iterable[str]) -> None:
        live, resting = str(self.live), str(self.resting)
        for name in names:
            files.same(f"{live}/{name}", self._room(f"{resting}/{name}"))

    def _place(self, path: str, source: str | None) -> None:
        target = self._room(path)
        if source is not None:
            # Never into the file: its other name is live.
            os.replace(source, target)
        elif os.path.lexists(target):
            os.unlink(target)

    def _room(self, path: str) -> str:
        """`path`, in a folder that is there and will be synced."""
        folder = path.rpartition("/")[0]
        if folder not in self._touched:
            self._make(folder)
            self._touched.add(folder)
        return path

    def _make(self, folder: str) -> None:
        if os.path.isdir(folder):
            return
        above = os.path.dirname(folder)
        self._make(above)
        os.mkdir(folder)
        os.chmod(folder, files.PUBLIC_FOLDER_MODE)
        self._touched |= {folder, above}

    def _settle(self) -> None:
        for folder in sorted(self._touched):
            files.sync_folder(folder)
        self._touched.clear()

    def _name_tops(self, names: Iterable[str]) -> None:
        """Links at the top; a new one leads nowhere until the swap, as its name did before."""
        tops = {name.partition("/")[0] for name in names}
        missing = [top for top in sorted(tops) if not os.path.lexists(self.public / top)]
        for top in missing:
            if not top.startswith("."):
                os.symlink(f"{LIVE}/{top}", self.public / top)

    def _swap(self) -> None:
        new = self.public / f"{LIVE}-new"
        new.unlink(missing_ok=True)
        os.symlink(self.resting.name, new)
        files.sync_folder(self.public)  # the links at the top are there before what they show
        os.replace(new, self.live)
        files.sync_folder(self.public)

    def _live_name(self) -> str:
        try:
            return os.readlink(self.live)
        except FileNotFoundError:
            return ""

    def _is_ours(self, path: Path) -> bool:
        return path.is_symlink() and os.readlink(path) == f"{LIVE}/{path.name}"

    def _behind(self) -> set[str]:
        noted = self._noted()
        if noted is None or not self.resting.is_dir():
            return self._names(self.live) | self._names(self.resting)
        if noted.live != self._live_name():  # it was made: the other tree is what stood before it
            return set(noted.changed)
        return {*noted.changed, *noted.before}

    def _noted(self) -> Behind | None:
        content = files.read(self.public / BEHIND)
        try:
            return msgspec.json.decode(content, type=Behind) if content else None
        except msgspec.DecodeError:
            return None

    def _note(self, behind: Behind) -> None:
        path = self.public / BEHIND
        new = self.public / f"{BEHIND}-new"
        new.unlink(missing_ok=True)
        files.write(new, msgspec.json.encode(behind))
        os.replace(new, path)
        files.sync_folder(self.public)

    def _names(self, tree: Path) -> set[str]:
        """Every file of a tree."""
        root = os.path.realpath(tree)
        return {
            os.path.relpath(os.path.join(folder, name), root)
            for folder, _, names in os.walk(root)
            for name in names
        }
