"""A publication is shown whole or not at all, whatever happens to the process that makes it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from articles.model import Article
from feeds import swap
from feeds.files import PublishError
from feeds.publication import Publication

if TYPE_CHECKING:
    from conftest import Desk

Make = Callable[..., Article]
DRIVER = Path(__file__).with_name("crash_driver.py")


def show(public: Path, files: dict[str, bytes | None]) -> tuple[str, ...]:
    """Publish these; the names that changed."""
    with Publication(public) as out:
        for name, content in files.items():
            if content is None:
                out.remove(name)
            else:
                out.put(name, content)
        changes = out.changes()
        if changes:
            out.swap(out.next_id(), "mark")
        return tuple(each.name for each in changes)


def shown(public: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(public, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and not name.endswith((".gz", ".br")):
                path = Path(folder) / name
                found[path.relative_to(public).as_posix()] = path.read_bytes()
    return found


def test_what_is_published_stands_as_plain_files(tmp_path: Path) -> None:
    show(tmp_path, {"feeds/all.rss": b"<rss/>", "feeds.opml": b"<opml/>"})

    assert shown(tmp_path) == {"feeds/all.rss": b"<rss/>", "feeds.opml": b"<opml/>"}


def test_files_come_change_and_go_from_one_publication_to_the_next(tmp_path: Path) -> None:
    show(tmp_path, {"a/1.txt": b"1", "a/2.txt": b"2", "a/b/3.txt": b"3"})

    changed = show(tmp_path, {"a/1.txt": b"1", "a/2.txt": b"two", "a/b/3.txt": None, "c.txt": b"c"})

    assert changed == ("a/2.txt", "a/b/3.txt", "c.txt")
    assert shown(tmp_path) == {"a/1.txt": b"1", "a/2.txt": b"two", "c.txt": b"c"}
    show(tmp_path, {"a/1.txt": b"one"})
    assert shown(tmp_path) == {"a/1.txt": b"one", "a/2.txt": b"two", "c.txt": b"c"}


def test_a_file_that_does_not_change_stays_the_same_file(tmp_path: Path) -> None:
    show(tmp_path, {"a.txt": b"a", "b.txt": b"b"})
    before = (tmp_path / "a.txt").stat()

    for n in range(3):
        show(tmp_path, {"b.txt": b"%d" % n})

    after = (tmp_path / "a.txt").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_who_reads_through_an_open_folder_keeps_the_publication_it_opened(tmp_path: Path) -> None:
    show(tmp_path, {"feeds/a.txt": b"old a", "feeds/b.txt": b"old b"})
    folder = os.open(tmp_path / "feeds", os.O_RDONLY | os.O_DIRECTORY)

    show(tmp_path, {"feeds/a.txt": b"new a", "feeds/b.txt": b"new b"})

    def read(name: str) -> bytes:
        with open(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as file:
            return file.read()

    assert [read("a.txt"), read("b.txt")] == [b"old a", b"old b"]
    os.close(folder)
    assert shown(tmp_path) == {"feeds/a.txt": b"new a", "feeds/b.txt": b"new b"}


def test_after_a_large_publication_both_trees_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "FOLLOWS_AT_ONCE", 3)

    show(tmp_path, {f"{n}.bin": b"x" for n in range(9)})

    trees = [{p.name: p.stat().st_ino for p in (tmp_path / t).iterdir()} for t in swap.TREES]
    assert trees[0] == trees[1]
    assert len(trees[0]) == 10


@pytest.mark.parametrize("lost", [".behind", ".tree-a", "both"])
def test_a_resting_tree_that_was_lost_is_made_again(tmp_path: Path, lost: str) -> None:
    for n in range(2):
        show(tmp_path, {"a/1.txt": b"%d" % n, "a/2.txt": b"2"})
    assert os.readlink(tmp_path / ".live") == ".tree-b"
    if lost in (".behind", "both"):
        (tmp_path / ".behind").write_bytes(b"not what it was")
    if lost in (".tree-a", "both"):
        shutil.rmtree(tmp_path / ".tree-a")

    show(tmp_path, {"a/1.txt": b"new"})

    assert shown(tmp_path) == {"a/1.txt": b"new", "a/2.txt": b"2"}


def test_a_file_of_somebody_elses_is_left_alone_and_named(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "feeds" / "mine.rss").write_bytes(b"mine")

    with pytest.raises(PublishError, match=r"/feeds: .*move it"):
        Publication(tmp_path, tops=("feeds",))

    assert (tmp_path / "feeds" / "mine.rss").read_bytes() == b"mine"


def test_a_file_system_without_hard_links_gets_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for n in range(3):
        show(tmp_path, {"a.txt": b"a", "b.txt": b"%d" % n})

    assert shown(tmp_path) == {"a.txt": b"a", "b.txt": b"2"}


@pytest.mark.slow
@pytest.mark.parametrize(("before", "every"), [(0, 5), (1, 1), (2, 5)])
def test_killed_at_any_file_operation_readers_see_all_of_a_publication_or_nothing(
    before: int, every: int, desk: Desk, make_article: Make, tmp_path: Path
) -> None:
    article = make_article("First", regions=("syria",))
    for n in range(before):
        desk.put(replace(article, title=f"First {n}"))
        desk.publish()
    desk.put(make_article("New", regions=("syria", "iraq")))
    desk.store.close()

    # In memory, where it is there: a killed process loses nothing that it wrote.
    with tempfile.TemporaryDirectory(dir=next(filter(os.path.isdir, ("/dev/shm", "/tmp")))) as made:
        done = subprocess.run(
            [sys.executable, DRIVER, tmp_path, made, str(every)],
            capture_output=True,
            check=False,
            timeout=300,
        )

    told = json.loads(done.stdout or "{}")
    assert done.stderr == b""
    assert told["wrong"] == []
    assert told["operations"] > 50
    assert told["changed"] > 3


@pytest.mark.slow
@pytest.mark.parametrize("model", ["ext4", "posix"])
def test_a_power_cut_leaves_all_of_a_publication_or_nothing(
    model: str, desk: Desk, make_article: Make, tmp_path: Path
) -> None:
    article = make_article("First", regions=("syria",))
    for n in range(2):
        desk.put(replace(article, title=f"First {n}"))
        desk.publish()
    desk.put(make_article("New", regions=("iraq",)))
    desk.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.store.close()

    with tempfile.TemporaryDirectory(dir=next(filter(os.path.isdir, ("/dev/shm", "/tmp")))) as made:
        done = subprocess.run(
            [sys.executable, DRIVER.with_name("powercut.py"), tmp_path, made, model, "50"],
            capture_output=True,
            check=False,
            timeout=300,
        )

    assert done.stderr == b""
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    assert told["states"] > 100
