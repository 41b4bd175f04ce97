"""Batches of messages in, the same with their signatures out: work for other processor cores.

RSA takes most of a message's time and holds Python's lock while it does (measured: two threads sign
no more than one). So each signer is a process of its own: keys go to it through a pipe and never
over a command line, 32 bytes for each signature go in, the signature comes out. It ends when its
pipe is closed, however we die.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Generic, TypeVar

from newsletter.dkim import Key

#: Messages that go to a signer at once: few enough that none waits long, enough to save switches.
BATCH = 8

#: Below so many messages a process is not worth its start (some 100 ms).
WORTH = 200

_SCRIPT = Path(__file__).with_name("signer_process.py")

Item = TypeVar("Item")

#: Things with their digests, or, done, with their signatures.
Batch = list[tuple[Item, tuple[bytes, ...]]]


class Signers(Generic[Item]):
    """Some processes that sign for some keys.

    `sign` gives them work, `signed` is called with what is done, from other threads.
    """

    def __init__(
        self, keys: Sequence[Key], signed: Callable[[Batch[Item]], None], processes: int = 0
    ) -> None:
        self.keys, self._signed = tuple(keys), signed
        self._work: SimpleQueue[Batch[Item] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, daemon=True, name=f"signer {n}")
            for n in range(processes or os.cpu_count() or 1)
        ]
        for each in self._threads:
            each.start()

    def sign(self, batch: Batch[Item]) -> None:
        """Have the digests of these signed, by each key its own."""
        self._work.put(batch)

    def close(self) -> None:
        """End the processes; what they were not given yet stays unsigned."""
        for _ in self._threads:
            self._work.put(None)
        for each in self._threads:
            each.join()

    def _run(self) -> None:
        try:
            process = _Process(self.keys)
        except OSError:  # no room for a process: slower, but signed all the same
            process = None
        try:
            while (batch := self._work.get()) is not None:
                self._signed(_signatures(self.keys, process, batch))
        finally:
            if process:
                process.close()


class _Process:
    """A signer's process and its pipes."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own script
            [sys.executable, "-I", str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for key in keys:
            self._write(len(key.pem).to_bytes(4, "big") + key.pem)
        self._write(bytes(4))

    def sign(self, digests: bytes) -> bytes:
        """Signatures, each with its length in front.

        Raises:
            OSError: the process is gone.
        """
        self._write(len(digests).to_bytes(4, "big") + digests)
        assert self._process.stdout
        size = self._process.stdout.read(4)
        made = self._process.stdout.read(int.from_bytes(size, "big"))
        if not made:
            raise OSError("the signing process has ended")
        return made

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def _write(self, words: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(words)
        self._process.stdin.flush()


def _signatures(
    keys: Sequence[Key],
    process: _Process | None,
    batch: Batch[Item],
) -> Batch[Item]:
    """The batch with signatures in place of digests; made here if the process cannot."""
    if process is not None:
        try:
            made = process.sign(b"".join(b"".join(digests) for _, digests in batch))
        except OSError:
            pass
        else:
            return _parted(made, batch, len(keys))
    return [
        (item, tuple(key.sign(one) for key, one in zip(keys, digests, strict=True)))
        for item, digests in batch
    ]


def _parted(made: bytes, batch: Batch[Item], keys: int) -> Batch[Item]:
    at, result = 0, []
    for item, _ in batch:
        signatures = []
        for _ in range(keys):
            size = int.from_bytes(made[at : at + 2], "big")
            signatures.append(made[at + 2 : at + 2 + size])
            at += 2 + size
        result.append((item, tuple(signatures)))
    return result
