"""A folder in, the articles of its new and changed files out. Reads files.

A file is read when it lay unchanged between two looks, so that one that is still being written is
not read by half. Hidden files and what programs call their unfinished ones are left alone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from articles import sources
from articles.errors import NewsdeskError
from articles.http import Client
from articles.model import Draft, LeftOut, Refusal
from articles.standing.model import Look, Source
from articles.store import Store

#: Files of one folder; past it a year's subfolder is better watched alone.
FILES_MAX = 20_000
_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".partial", ".swp", "~")


class FolderError(NewsdeskError):
    """The folder cannot be watched; the message says why."""


def look(_store: Store, source: Source, seen: dict[str, object], _client: Client) -> Look:
    """Read what is new or changed, and settled.

    Raises:
        FolderError: no folder there, or too many files in it.
    """
    root = Path(source.place)
    if not root.is_dir():
        raise FolderError(f"{root}: no folder here; make it, or mend the source's `watch`")
    known, waiting = _table(seen, "files"), _table(seen, "waiting")
    now = dict(_files(root))
    changed = {name: mark for name, mark in now.items() if known.get(name) != mark}
    settled = [name for name, mark in sorted(changed.items()) if waiting.get(name) == mark]
    return Look(
        seen={
            "files": {name: known[name] for name in now.keys() & known.keys()}
            | {name: changed[name] for name in settled},
            "waiting": {name: mark for name, mark in changed.items() if name not in settled},
        },
        found=_read(root, settled, source),
        read=bool(settled),
    )


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """(path below the root, size and time of change) of each regular file."""
    count = 0
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(folder, name)
            if name.startswith(".") or name.lower().endswith(_UNFINISHED):
                continue
            try:
                about = path.lstat()
            except FileNotFoundError:
                continue  # taken away in this moment
            if not stat.S_ISREG(about.st_mode):
                continue  # a link leads elsewhere, a pipe never ends
            count += 1
            if count > FILES_MAX:
                raise FolderError(f"{root}: more than {FILES_MAX:,} files; watch a subfolder")
            yield path.relative_to(root).as_posix(), f"{about.st_size} {about.st_mtime_ns}"


def _read(root: Path, names: list[str], source: Source) -> Iterator[Draft | Refusal | LeftOut]:
    for name in names:
        try:
            with (root / name).open("rb") as stream:
                for found in sources.read(name, stream, url=source.url, names=source.names):
                    yield _placed(found, name, source)
        except OSError as error:
            yield Refusal(where=name, reason=str(error))


def _placed(
    found: Draft | Refusal | LeftOut, name: str, source: Source
) -> Draft | Refusal | LeftOut:
    """With the file's name before where in it; a draft without a source has the folder's."""
    if isinstance(found, Refusal):
        return replace(found, where=f"{name}: {found.where}".removesuffix(": "))
    if isinstance(found, Draft) and not found.source:
        return replace(found, source=f"folder:{source.name}")
    return found


def _table(seen: dict[str, object], name: str) -> dict[str, str]:
    value = seen.get(name)
    return value if isinstance(value, dict) else {}
