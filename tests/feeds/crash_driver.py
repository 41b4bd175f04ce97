"""Publishes a copy of a desk again and again, killed before every so many file operations.

    python crash_driver.py DESK SCRATCH EVERY

DESK holds store.db, with articles that wait to be published, and public/ as it stood before them.
After each kill the public folder is read as a web server would read it, and the desk is published
again. Prints one JSON line: how many kills, and what was neither the old state nor the new one.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "feeds")]

from conftest import visible  # noqa: E402

from articles.model import Site  # noqa: E402
from articles.regions import RegionTable  # noqa: E402
from articles.store import Store  # noqa: E402
from feeds import record  # noqa: E402
from feeds.publish import publish  # noqa: E402

OPERATIONS = {"open", "os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink"}
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SITE = Site(
    name="The Meridian",
    url="https://news.example.org/",
    public_url="https://news.example.org/",
    description="Long-form reporting.",
)
TABLE = RegionTable.load()


def main(desk: Path, scratch: Path, every: int) -> None:
    old = visible(desk / "public")
    whole = copied(desk, scratch / "whole")
    changed = published(whole)
    new = visible(whole / "public")
    wrong: list[str] = []
    for kill in itertools.count(0, every):
        trial = copied(desk, scratch / "trial")
        died = in_child(trial, kill)
        if visible(trial / "public") not in (old, new):
            wrong.append(f"kill {kill}: neither old nor new")
        if not died:
            break
        if published(trial) != changed:
            wrong.append(f"kill {kill}: other changes were noted")
        if visible(trial / "public") != new:
            wrong.append(f"kill {kill}: the next run did not complete")
        if (trial / "public" / ".incoming").exists():
            wrong.append(f"kill {kill}: something was left lying")
    told = {"operations": kill, "changed": len(changed), "wrong": wrong}
    sys.stdout.write(json.dumps(told) + "\n")


def copied(desk: Path, to: Path) -> Path:
    """A copy with links as they are; the two trees' files are the same files no more."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(desk, to, symlinks=True)
    return to


def in_child(desk: Path, kill: int) -> bool:
    """Publish in a process that dies before operation number `kill`; whether it died."""
    child = os.fork()
    if child == 0:
        left = kill

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            inside = any(str(desk / "public") in str(each) for each in arguments)
            if event in OPERATIONS and inside:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        published(desk)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def published(desk: Path) -> list[tuple[int, str, str]]:
    """Publish; what the store then says of all files."""
    store = Store.open(desk / "store.db")
    try:
        publish(store, TABLE, SITE, desk / "public", NOW)
        return [(each.seq, each.name, each.digest) for each in record.files_since(store, 0)]
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
