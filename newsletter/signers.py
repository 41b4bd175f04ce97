"""Batches of messages in, the same with their signatures out: work for other processor cores.

RSA takes most of a message's time. So each signer is a process of its own: keys go to it through a
pipe and never over a command line, 32 bytes for each signature go in, the signature comes out. It
ends when its pipe is closed, however we die.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from newsletter.dkim import Key
from newsletter.transport.protocol import Wait
from newsletter.watch import Watch

#: Messages that go to a signer at once: few enough that none waits long, enough to save switches.
BATCH = 8

#: Below so many messages a process is not worth its start (some 100 ms).
WORTH = 200

#: Messages at the signers at most. Their digests and signatures fit the pipes (64 kB each), so that
#: nobody waits for anybody to read.
AT_SIGNERS_MAX = 160

#: What a pipe holds.
PIPE_BYTES = 65_536

_SCRIPT = Path(__file__).with_name("signer_process.py")

Item = TypeVar("Item")

#: Things with their digests, or, done, with their signatures.
Batch = list[tuple[Item, tuple[bytes, ...]]]


class Signers(Generic[Item]):
    """Some processes that sign for some keys.

    `sign` gives them work; `signed` is called with what is done, by `watch` or at once.
    """

    def __init__(
        self,
        keys: Sequence[Key],
        watch: Watch,
        signed: Callable[[Batch[Item]], None],
        processes: int = 0,
    ) -> None:
        self.keys, self._watch, self._signed = tuple(keys), watch, signed
        self._processes: list[_Process[Item]] = []
        for _ in range(processes or os.cpu_count() or 1):
            try:
                self._processes.append(_Process(self.keys))
            except OSError:  # no room for a process: slower, but signed all the same
                break

    def sign(self, batch: Batch[Item]) -> None:
        """Have the digests of these signed, by each key its own."""
        for process in sorted(self._processes, key=lambda each: len(each.waiting)):
            try:
                process.give(batch)
            except OSError:
                if not process.waiting:  # else we are told when its answers end
                    self._lost(process)
                continue
            if len(process.waiting) == 1:
                self._listen(process)
            return
        self._signed(self._signed_here(batch))

    def close(self) -> None:
        """End the processes; what they have not signed stays unsigned."""
        for process in self._processes:
            process.close()
        self._processes = []

    def _listen(self, process: _Process[Item]) -> None:
        def heard(_is_ready: bool) -> None:
            if process not in self._processes:
                return
            try:
                done = process.answers()
            except OSError:
                self._lost(process)
                return
            if process.waiting:
                self._listen(process)
            for batch in done:
                self._signed(batch)

        self._watch.wait(Wait(process.answered), heard)

    def _lost(self, process: _Process[Item]) -> None:
        """A process has ended: what it had is signed here."""
        self._processes.remove(process)
        process.close()
        for batch in process.waiting:
            self._signed(self._signed_here(batch))

    def _signed_here(self, batch: Batch[Item]) -> Batch[Item]:
        return [
            (item, tuple(key.sign(one) for key, one in zip(self.keys, digests, strict=True)))
            for item, digests in batch
        ]


class _Process(Generic[Item]):
    """A signer's process and its pipes."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.waiting: deque[Batch[Item]] = deque()
        self._keys = len(keys)
        self._process = subprocess.Popen(  # noqa: S603  our own script
            [sys.executable, "-I", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
        )
        assert self._process.stdin
        assert self._process.stdout
        self._asked, self.answered = self._process.stdin, self._process.stdout
        self._said = b""
        for key in keys:
            self._write(key.pem)
        self._write(b"")

    def give(self, batch: Batch[Item]) -> None:
        """Ask for a batch.

        Raises:
            OSError: the process is gone.
        """
        self._write(b"".join(b"".join(digests) for _, digests in batch))
        self.waiting.append(batch)

    def answers(self) -> list[Batch[Item]]:
        """The batches that are done.

        Raises:
            OSError: the process is gone.
        """
        some = os.read(self.answered.fileno(), PIPE_BYTES)
        if not some:
            raise OSError("the signing process has ended")
        self._said += some
        done = []
        while (size := int.from_bytes(self._said[:4], "big") + 4) <= len(self._said):
            done.append(_parted(self._said[4:size], self.waiting.popleft(), self._keys))
            self._said = self._said[size:]
        return done

    def close(self) -> None:
        self._asked.close()
        self.answered.close()
        self._process.wait()

    def _write(self, words: bytes) -> None:
        self._asked.write(len(words).to_bytes(4, "big") + words)


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


def _environment() -> dict[str, str]:
    """OpenSSL takes its instructions with carries (ADX) for RSA wherever there are some.

    On AMD's processors its other way (AVX2) takes two thirds of the time (measured on an EPYC: 0.67
    instead of 1.07 ms); on Intel's it does not. `OPENSSL_ia32cap` is OpenSSL's own setting.
    """
    try:
        is_amd = b"AuthenticAMD" in Path("/proc/cpuinfo").read_bytes()[:PIPE_BYTES]
    except OSError:
        is_amd = False
    return ({"OPENSSL_ia32cap": ":~0x80000"} if is_amd else {}) | dict(os.environ)
