"""What a disk could hold after the power went while a desk was published.

    python powercut.py DESK SCRATCH MODEL EVERY

Publishes a copy of DESK once under strace and replays its calls into a model of the disk: bytes are
durable after fsync of their file, names after fsync of their folder (model "posix") or after any
fsync (model "ext4", one journal). After each call it makes the states that a power cut could leave:
nothing that was not synced, everything, names without bytes, and parts, with torn writes. In each
the public folder is read as a web server reads it; every EVERY-th is written to a real disk and
published again from the store as it was. Prints one JSON line: states, and what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]

import crash_driver  # noqa: E402
from conftest import visible  # noqa: E402

CALLS = (
    "openat,write,fsync,fdatasync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,"
    "unlink,unlinkat,mkdir,mkdirat,rmdir"
)
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
#: Random states beside the three extreme ones, after each call.
SAMPLES = 5

FOLDER = None  # what a name of a folder holds


@dataclass(eq=False)
class Inode:
    """A file: what is durable of it, and writes since, each (offset, bytes)."""

    durable: bytes = b""
    pending: list[tuple[int, bytes]] = field(default_factory=list)

    def read(self, writes: list[tuple[int, bytes]]) -> bytes:
        made = bytearray(self.durable)
        for offset, content in writes:
            made.extend(bytes(max(0, offset - len(made))))
            made[offset : offset + len(content)] = content
        return bytes(made)

    @property
    def size(self) -> int:
        return len(self.read(self.pending))


Node = Inode | str | None  # a file, a link's target, a folder
Names = dict[str, Node]
Operation = tuple[str, Callable[[Names], None]]  # the folder it changes, what it does


class Disk:
    def __init__(self, root: Path, model: str) -> None:
        self.root, self.model = str(root), model
        self.live: Names = {}
        inodes: dict[int, Inode] = {}
        for path in root.rglob("*"):
            name = str(path)
            if path.is_symlink():
                self.live[name] = os.readlink(path)
            elif path.is_dir():
                self.live[name] = FOLDER
            else:
                inode = inodes.setdefault(path.stat().st_ino, Inode(path.read_bytes()))
                self.live[name] = inode
        self.durable = dict(self.live)
        self.pending: list[Operation] = []

    def replay(self, line: str) -> bool:
        """Take one line of strace; whether it changed anything here."""
        match = re.match(r"\d+\s+(\w+)\((.*)\)\s+= (\d+)", line)
        if not match:
            return False
        call, rest = match[1], match[2]
        given = [_decoded(text) for text in TEXT.findall(rest)]
        of = re.match(r"\d+<([^>]*)>", rest)
        base = _decoded(of[1]).decode() if of else ""
        if call == "write":
            return self._write(base, given[-1][: int(match[3])])
        if call in ("fsync", "fdatasync"):
            return self._sync(base)
        paths = [os.path.normpath(os.path.join(base, each.decode())) for each in given]
        if call.startswith("symlink"):
            return self._name(paths[1], given[0].decode())
        if not paths or not paths[-1].startswith(self.root):
            return False
        return self._renamed(call, rest, paths)

    def _renamed(self, call: str, rest: str, paths: list[str]) -> bool:
        if call == "openat":
            made = "O_CREAT" in rest and paths[0] not in self.live
            return made and self._name(paths[0], Inode())
        if call.startswith("mkdir"):
            return self._name(paths[0], FOLDER)
        if call.startswith("link"):
            return self._name(paths[1], self.live[paths[0]])
        if call.startswith("rename"):
            moved = self.live[paths[0]]
            return self._do(paths[1], lambda names: _move(names, paths[0], paths[1], moved))
        return self._do(paths[0], lambda names: names.pop(paths[0], None))

    def _name(self, path: str, node: Node) -> bool:
        return self._do(path, lambda names: names.__setitem__(path, node))

    def _do(self, path: str, act: Callable[[Names], object]) -> bool:
        self.pending.append((os.path.dirname(path), act))
        act(self.live)
        return True

    def _write(self, path: str, content: bytes) -> bool:
        inode = self.live.get(path)
        if not isinstance(inode, Inode):
            return False
        inode.pending.append((inode.size, content))
        return True

    def _sync(self, path: str) -> bool:
        node = self.live.get(path)
        if isinstance(node, Inode):
            node.durable, node.pending = node.read(node.pending), []
        elif path != self.root and path not in self.live:
            return False
        kept = []
        for operation in self.pending:
            if self.model == "ext4" or operation[0] == path:
                operation[1](self.durable)
            else:
                kept.append(operation)
        self.pending = kept
        return True

    def states(self, rng: random.Random) -> Iterator[dict[str, bytes | str | None]]:
        yield _state(self.durable, lambda inode: inode.durable)
        yield _state(self.live, lambda inode: inode.read(inode.pending))
        yield _state(self.live, lambda inode: inode.durable)
        for _ in range(SAMPLES):
            names = dict(self.durable)
            some = self.pending[: rng.randint(0, len(self.pending))]
            for _, act in some if self.model == "ext4" else self.pending:
                if self.model == "ext4" or rng.random() < 0.5:
                    act(names)
            yield _state(names, lambda inode: inode.read(list(_torn(inode.pending, rng))))


def _state(names: Names, content: Callable[[Inode], bytes]) -> dict[str, bytes | str | None]:
    return {
        path: content(node) if isinstance(node, Inode) else node
        for path, node in names.items()
        # A name in a folder that has none itself is nowhere.
        if os.path.dirname(path) not in names or names[os.path.dirname(path)] is FOLDER
    }


def _move(names: Names, source: str, target: str, node: Node) -> None:
    names.pop(source, None)
    names[target] = node


def _torn(writes: list[tuple[int, bytes]], rng: random.Random) -> Iterator[tuple[int, bytes]]:
    for offset, content in writes:
        if rng.random() < 0.5:
            yield offset, content[: 512 * rng.randint(0, len(content) // 512 + 1)]


def _decoded(text: str) -> bytes:
    return text.encode().decode("unicode_escape").encode("latin-1")


def seen(state: dict[str, bytes | str | None], root: str) -> dict[str, bytes]:
    """What a web server shows of it: names at the top are links, through `.live`, into a tree."""
    live = state.get(f"{root}/.live")
    found: dict[str, bytes] = {}
    for path, target in state.items():
        top = os.path.basename(path)
        if os.path.dirname(path) != root or top.startswith(".") or not isinstance(target, str):
            continue
        inside = f"{root}/{live}/{top}"
        for name, content in state.items():
            if isinstance(content, bytes) and (name == inside or name.startswith(inside + "/")):
                found[top + name[len(inside) :]] = content
    return found


def materialised(state: dict[str, bytes | str | None], root: str, to: Path) -> None:
    to.mkdir(parents=True)
    for path, node in sorted(state.items()):
        place = to / os.path.relpath(path, root)
        if node is None:
            place.mkdir(exist_ok=True)
        elif place.parent.is_dir():
            place.symlink_to(node) if isinstance(node, str) else place.write_bytes(node)


def main(desk: Path, scratch: Path, model: str, every: int) -> None:
    run = crash_driver.copied(desk, scratch / "run")
    public, trace = run / "public", scratch / "trace"
    old = visible(public)
    disk = Disk(public, model)
    recorded(run, trace)
    new = visible(public)
    rng, known, wrong, calls = random.Random(1), set(), [], 0
    for line in joined(trace):
        if not disk.replay(line):
            continue
        calls += 1
        for state in disk.states(rng):
            key = hash(tuple(sorted((path, hash(node)) for path, node in state.items())))
            if key in known:
                continue
            known.add(key)
            if seen(state, str(public)) not in (old, new):
                wrong.append(f"after call {calls}, {line[:80]}: neither old nor new")
            if len(known) % every == 0:
                trial = scratch / "trial"
                shutil.rmtree(trial, ignore_errors=True)
                trial.mkdir()
                shutil.copy(desk / "store.db", trial)
                materialised(state, str(public), trial / "public")
                crash_driver.published(trial)
                if visible(trial / "public") != new:
                    wrong.append(f"after call {calls}, {line[:80]}: the next run is wrong")
    told = {"calls": calls, "states": len(known), "wrong": wrong[:5], "count": len(wrong)}
    sys.stdout.write(json.dumps(told) + "\n")


def recorded(desk: Path, trace: Path) -> None:
    command = ["strace", "-f", "-y", "-xx", "-s", "9000000", "-o", trace, "-e", "signal=none"]
    command += ["-e", f"trace={CALLS}", sys.executable, __file__, "publish", desk]
    subprocess.run(command, check=True)


def joined(trace: Path) -> Iterator[str]:
    """Lines of strace, calls that another thread interrupted put together."""
    begun: dict[str, str] = {}
    with trace.open(errors="replace") as lines:
        for line in lines:
            thread, _, text = line.rstrip("\n").partition(" ")
            if text.endswith("<unfinished ...>"):
                begun[thread] = text.removesuffix("<unfinished ...>").strip()
                continue
            if match := re.match(r"\s*<\.\.\. \w+ resumed>(.*)", text):
                text = begun.pop(thread, "") + match[1]
            yield f"{thread} {text.strip()}"


if __name__ == "__main__":
    if sys.argv[1] == "publish":
        crash_driver.published(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
