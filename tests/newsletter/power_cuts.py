"""A program that cuts the power while a morning is sent: --every N looks at each N-th moment.

A sender is stopped before each call that writes, truncates or syncs the ledger. What a disk could
hold then is made anew: all that was synced, with nothing, everything, or random parts (torn at 512
bytes) of what was not. Bytes are durable after an fsync of their file, a name after one of its
folder. Each such disk is opened as the next start would: it must be whole, know of every message
that a server has taken, and have every outcome that was told. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from newsletter.post import Post, Server
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter import kill_loop, kill_servers, system_calls
from tests.newsletter.mail_desk import MORNING, Desk
from tests.newsletter.system_calls import Call

CALLS = ("pwrite64", "ftruncate", "fdatasync", "fsync")
FILES = ("store.db", "store.db-wal")

#: Random states beside the two extreme ones, at each moment.
SAMPLES = 4

#: What a disk writes whole or not at all.
SECTOR = 512


@dataclass
class File:
    """What is durable of a file, and what was done to it since."""

    durable: bytes = b""
    is_named: bool = False
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # None: cut off there

    def built(self, done: list[tuple[int, bytes | None]]) -> bytes:
        made = bytearray(self.durable)
        for offset, content in done:
            made.extend(bytes(max(0, offset - len(made))))
            if content is None:
                del made[offset:]
            else:
                made[offset : offset + len(content)] = content
        return bytes(made)


class Disk:
    """The ledger's files as a power cut would leave them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        self.files = {name: File() for name in FILES}
        self.files[FILES[0]] = File((folder / FILES[0]).read_bytes(), is_named=True)

    def do(self, call: Call) -> None:
        """The call is about to be made, and will be."""
        path = Path(call.path)
        if path == self.folder:
            for each in self.files.values():
                each.is_named = True
        if path.name not in self.files or path.parent != self.folder:
            return
        file = self.files[path.name]
        if call.name == "pwrite64":
            file.pending.append((call.arguments[3], call.content))
        elif call.name == "ftruncate":
            file.pending.append((call.arguments[1], None))
        else:
            file.durable, file.pending = file.built(file.pending), []

    def states(self) -> Iterator[dict[str, bytes]]:
        """What it could hold now."""
        yield {name: each.durable for name, each in self.files.items() if each.is_named}
        yield {name: each.built(each.pending) for name, each in self.files.items()}
        for _ in range(SAMPLES):
            yield {
                name: each.built(list(self._some(each)))
                for name, each in self.files.items()
                if each.is_named or self.chance.random() < 0.5
            }

    def _some(self, file: File) -> Iterator[tuple[int, bytes | None]]:
        for offset, content in file.pending:
            if self.chance.random() < 0.5:
                continue
            if content is not None and self.chance.random() < 0.3:
                yield offset, content[: SECTOR * self.chance.randint(0, len(content) // SECTOR)]
            else:
                yield offset, content


def cut(morning: Path, every: int, seed: int = 1) -> dict[str, int | list[str]]:
    """Send one morning, and look at what its disk could hold at each `every`-th moment."""
    moments, seen, wrong = 0, set(), []
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
        folder, scratch = kill_loop.copied(morning, Path(name)), Path(other)
        log, told, disk = folder / "taken", folder / "told", Disk(folder, seed)
        told.touch()

        def at(call: Call) -> None:
            nonlocal moments
            moments += 1
            if moments % every == 0:
                took, knows = set(kill_servers.taken(log)), told.read_text().split()
                for state in disk.states():
                    key = hash((tuple(state.items()), len(took), len(knows)))
                    if key not in seen:
                        seen.add(key)
                        wrong.extend(lost(state, scratch, took, knows))
            disk.do(call)

        with kill_servers.running("plain", log, lambda _point: None) as port:
            ended = system_calls.run(partial(send, folder, port, told), at, *CALLS)
        sent = len(told.read_text().split())
    return {
        "moments": moments,
        "disks": len(seen),
        "wrong": wrong,
        "sent": sent,
        "failed_runs": int(ended.status != 0),
    }


def send(folder: Path, port: int, told: Path) -> None:
    """Send the morning; each that was sent is told after its commit. The store stays open."""
    desk = Desk.open(folder, create=False)
    smtp = Smtp(SmtpSettings(host="127.0.0.1", port=port, hello="desk"))
    post = Post(servers=(Server(transport=smtp, connections=kill_loop.CONNECTIONS),))
    with told.open("a") as file:

        def progress(delivery: object, state: str) -> None:
            if state == "sent":
                file.write(f"{delivery.id}\n")
                file.flush()

        desk.deliver(post, MORNING + timedelta(minutes=1), progress=progress)
    os._exit(0)


def lost(state: dict[str, bytes], scratch: Path, took: set[str], told: list[str]) -> list[str]:
    """What is wrong with a disk: not whole, or it does not know what had happened."""
    for path in scratch.iterdir():
        path.unlink()
    for name, content in state.items():
        (scratch / name).write_bytes(content)
    with closing(sqlite3.connect(scratch / FILES[0])) as db:
        whole = db.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            return [f"not whole: {whole}"]
        rows = db.execute(
            """
            SELECT address_key, d.id, d.state
            FROM deliveries d JOIN subscribers s ON s.id = subscriber_id
            """
        ).fetchall()
    sent = {str(number) for _, number, each in rows if each == "sent"}
    known = {who for who, _, each in rows if each in ("attempting", "sent")}
    return [f"{who} was mailed, and it does not know" for who in took - known] + [
        f"delivery {number} was said to be sent" for number in set(told) - sent
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = cut(kill_loop.prepared(Path(name), planned=True), chosen.every)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
