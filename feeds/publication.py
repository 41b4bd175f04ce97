"""Names and bytes in, one swap of the public folder out. Writes files.

Each file is compared with what stands, encoded, written and synced by a thread of its own while the
next is rendered: a disk syncs sixteen files in the time of three.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename
from threading import BoundedSemaphore
from types import TracebackType

from feeds import encodings, files
from feeds.files import explained
from feeds.swap import Trees

#: In the root of each tree, seen by nobody: which publication it is, and under which marks.
STAMP = ".publication"

#: Measured on ext4: syncing 180 files takes 0.35 s one by one, 0.16 s with sixteen threads.
WRITERS = 16

#: What is no larger is compared on the spot: that takes less than giving it to a thread.
AT_ONCE_BYTES_MAX = 16_000

#: Files waiting to be written; at 250 kB each some 16 MB.
WAITING_MAX = 64


@dataclass(frozen=True, slots=True)
class Change:
    """A file whose bytes differ from what stood."""

    name: str  # below the public folder: "feeds/syria.rss"
    digest: str  # SHA-256 of its bytes, in hexadecimal; "" where it is taken away


@dataclass(frozen=True, slots=True)
class _Ready:
    change: Change
    files: dict[str, str | None]


class Publication:
    """What shall stand in `public`, gathered and then shown at once by `swap`.

    A dry run compares and writes nothing. To be used in a `with`, by one thread.
    """

    def __init__(self, public: Path, *, tops: tuple[str, ...] = (), dry_run: bool = False) -> None:
        self.unchanged = 0
        self._trees, self._dry_run = Trees(public), dry_run
        # As text: there are hundreds of names to a publication.
        self._live, self._incoming = str(self._trees.live), str(self._trees.incoming)
        self._waiting: list[Future[_Ready | None]] = []
        self._room = BoundedSemaphore(WAITING_MAX)
        self._ready: list[_Ready] = []
        self._put = 0
        if not dry_run:
            self._trees.clear(tops)
        self._pool = ThreadPoolExecutor(WRITERS, thread_name_prefix="publish")

    def __enter__(self) -> Publication:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def stamp(self) -> tuple[str, ...]:
        """The lines of the stamp that stands: an id, then marks; none before the first."""
        return tuple((self.read(STAMP) or b"").decode().splitlines())

    def read(self, name: str) -> bytes | None:
        """What stands under a name.

        Raises:
            PublishError: it is there and cannot be read.
        """
        return files.read(f"{self._live}/{name}")

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of what stands in a folder, without encodings; there may be 100,000."""
        try:
            found = os.listdir(f"{self._live}/{folder}")
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(name for name in found if not name.endswith(encodings.SUFFIXES))

    def put(self, name: str, content: bytes) -> None:
        """Let `name` hold `content`, and its encodings lie beside it, from the swap on."""
        assert not name.startswith("/"), name
        assert ".." not in name.split("/"), name
        if len(content) <= AT_ONCE_BYTES_MAX and self._is(name, content):
            self.unchanged += 1
            return
        self._put += 1
        self._room.acquire()
        future = self._pool.submit(self._prepare, name, content, self._put)
        future.add_done_callback(lambda _: self._room.release())
        self._waiting.append(future)

    def remove(self, name: str) -> None:
        """Let there be no `name` from the swap on."""
        stands = [each for each in (name, *encodings.names(name)) if self._stands(each)]
        if stands:
            self._waiting.append(_done(_Ready(Change(name, ""), dict.fromkeys(stands))))

    def changes(self) -> tuple[Change, ...]:
        """What differs from what stands, in the order it was put; returns when it is on the disk.

        Raises:
            PublishError: a file cannot be written.
        """
        for future in self._waiting:
            ready = future.result()
            if ready is None:
                self.unchanged += 1
            else:
                self._ready.append(ready)
        self._waiting.clear()
        return tuple(ready.change for ready in self._ready)

    def next_id(self) -> str:
        """An id for what will stand: made of the last one's and all that changed since."""
        words = [*self.stamp[:1], *(f"{each.name} {each.digest}" for each in self.changes())]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    def swap(self, publication: str, mark: str) -> None:
        """Show readers all that was put, at once and for good.

        Raises:
            PublishError: the folder cannot be written. What stood stands.
        """
        assert not self._dry_run
        self.changes()
        stamp = self._written(STAMP, f"{publication}\n{mark}\n".encode(), 0)
        files_by_name = {name: path for ready in self._ready for name, path in ready.files.items()}
        self._trees.exchange({**files_by_name, STAMP: stamp})
        self._ready.clear()

    def _prepare(self, name: str, content: bytes, number: int) -> _Ready | None:
        """In a thread of the pool: the files of one name, written; None where they stand."""
        if len(content) > AT_ONCE_BYTES_MAX and self._is(name, content):
            return None
        change = Change(name, hashlib.sha256(content).hexdigest())
        if self._dry_run:
            return _Ready(change, {})
        with explained(self._trees.public / name):
            made = {name: content, **encodings.encoded(name, content)}
            written = {each: self._written(each, body, number) for each, body in made.items()}
        return _Ready(change, dict(written))

    def _is(self, name: str, content: bytes) -> bool:
        return self.read(name) == content and all(map(self._stands, encodings.names(name)))

    def _written(self, name: str, content: bytes, number: int) -> str:
        path = f"{self._incoming}/{number}-{basename(name)}"
        try:
            files.write(path, content)
        except FileNotFoundError:  # the first one
            self._trees.incoming.mkdir(parents=True, exist_ok=True)
            files.write(path, content)
        return path

    def _stands(self, name: str) -> bool:
        return os.path.isfile(f"{self._live}/{name}")


def _done(ready: _Ready) -> Future[_Ready | None]:
    future: Future[_Ready | None] = Future()
    future.set_result(ready)
    return future
