"""Another program's SQLite database in, the rows that changed as drafts out. Reads that file.

The file is opened read-only and closed again before anything is done with the rows. In WAL mode a
reader never holds up a writer; in the other modes it does so for as long as the query runs, which
is bounded. Never `immutable`: its owner writes while we read.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from articles.errors import NewsdeskError, TryAgainError
from articles.http import Client
from articles.model import Draft, LeftOut, Refusal
from articles.sources import fields
from articles.sources.jsonl import FieldError
from articles.standing.model import Look, Source
from articles.standing.state import States
from articles.store import Store

#: How long a query may take: so long a CMS without WAL waits for its write at most.
QUERY_SECONDS_MAX = 2.0
#: How long we wait for a writer: the next look comes soon.
BUSY_SECONDS = 1.0
#: Rows and bytes that are held at once. Give the query a WHERE for what is recent.
ROWS_MAX, BYTES_MAX = 200_000, 536_870_912
#: How often SQLite asks whether the time is over, in steps of its machine.
STEPS = 10_000


class ForeignError(NewsdeskError):
    """The database cannot be read as it is set; the message says what to mend."""


class ForeignBusyError(ForeignError, TryAgainError):
    """Its owner holds it just now."""


def look(store: Store, source: Source, seen: dict[str, object], _client: Client) -> Look:
    """The rows that are new or different.

    Raises:
        ForeignError: no such file, table or column; no key; too slow; too much.
    """
    path = Path(source.place)
    mark = _mark(path)
    if mark == seen.get("mark"):
        return Look(seen=seen, read=False)
    columns, rows = _rows(path, source.query)
    key, problems = _checked(source, columns, _strings(seen.get("columns")))
    states = States(store.db)
    known = states.rows(source)
    changed, digests, twice = [], {}, []
    for row in rows:
        name = fields.text(row[key])
        digest = hashlib.sha256(repr(row).encode("utf-8", "replace")).digest()
        if name in digests:
            twice.append(Refusal(where=f"row {name}", reason=f"its {columns[key]} stands twice"))
            continue
        digests[name] = digest
        if known.get(name) != digest:
            changed.append((name, row))
    gone = known.keys() - digests.keys()
    found: list[Draft | Refusal | LeftOut] = [*_drafts(source, columns, changed), *twice]
    if source.missing == "withdraw":
        found += _withdrawn(store, source, gone)
    fresh = {name: digests[name] for name, _ in changed}
    return Look(
        seen={"mark": mark, "columns": list(columns)},
        found=found,
        problems=problems,
        taken_in=lambda: states.keep_rows(source, fresh, gone),
    )


def _mark(path: Path) -> str:
    """What changes whenever somebody writes: without it no query is needed at all.

    Raises:
        ForeignError: no file there.
    """
    if not path.is_file():
        raise ForeignError(f"{path}: no database here; mend the source's `database`")
    stats = [each.stat() for each in (path, Path(f"{path}-wal")) if each.exists()]
    # The log's size and time, as writers in WAL mode leave the file itself alone for long.
    return " ".join(f"{stat.st_ino} {stat.st_size} {stat.st_mtime_ns}" for stat in stats)


def _rows(path: Path, query: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """The columns' names and all rows; the file is closed when they are there."""
    uri = f"file:{quote(str(path.resolve()))}?mode=ro"
    deadline = time.monotonic() + QUERY_SECONDS_MAX
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            connection.execute("PRAGMA query_only = ON")
            connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
            cursor = connection.execute(query)
            if cursor.description is None:
                raise ForeignError(f"{path}: the query gives no rows; it has to be a SELECT")
            columns = tuple(name for name, *_ in cursor.description)
            return columns, list(_bounded(cursor, path))
    except sqlite3.Error as error:
        raise _explained(error, path) from error


def _bounded(cursor: sqlite3.Cursor, path: Path) -> Iterator[tuple[object, ...]]:
    size = 0
    for count, row in enumerate(cursor, 1):
        size += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        if count > ROWS_MAX or size > BYTES_MAX:
            raise ForeignError(
                f"{path}: over {ROWS_MAX:,} rows or {BYTES_MAX >> 20} MiB; give the query a WHERE"
                " for what changed lately"
            )
        yield row


def _explained(error: sqlite3.Error, path: Path) -> ForeignError:
    said = str(error)
    if "locked" in said or "busy" in said:
        return ForeignBusyError(f"{path}: its owner is writing just now; later again")
    if "interrupted" in said:
        return ForeignError(
            f"{path}: the query takes over {QUERY_SECONDS_MAX:g} s; it needs an index, or a WHERE"
        )
    if found := re.search(r"no such (column|table): (\S+)", said):
        kind, name = found.groups()
        return ForeignError(
            f"{path}: no {kind} {name} any more: the CMS changed; what is here stays as it is"
            " until the source's query is mended"
        )
    return ForeignError(f"{path}: {said}")


def _checked(
    source: Source, columns: tuple[str, ...], before: tuple[str, ...]
) -> tuple[int, tuple[str, ...]]:
    """(where the key is, what the operator should know).

    Raises:
        ForeignError: a column is gone that was there: its field would be emptied everywhere.
    """
    if before and (gone := [name for name in before if name not in columns]):
        new = [name for name in columns if name not in before]
        raise ForeignError(
            f"{source.place}: the query no longer gives {', '.join(gone)}"
            + (f" (new: {', '.join(new)})" if new else "")
            + "; nothing was taken; mend the query, or name the columns in `map`"
        )
    places = {fields.normal(name): place for place, name in reversed(list(enumerate(columns)))}
    named = source.names.get("source_key")
    keys = (fields.normal(named),) if named else fields.NAMES["source_key"]
    key = next((places[name] for name in keys if name in places), None)
    if key is None:
        raise ForeignError(
            f"{source.place}: no column that says which article a row is, among"
            f" {', '.join(columns)}; select one AS id"
        )
    if before and (new := [name for name in columns if name not in before]):
        return key, (f"new columns: {', '.join(new)}",)
    return key, ()


def _drafts(
    source: Source, columns: tuple[str, ...], rows: list[tuple[str, tuple[object, ...]]]
) -> Iterator[Draft | Refusal]:
    for name, row in rows:
        try:
            draft = fields.draft(
                dict(zip(columns, row, strict=True)),
                source=f"database:{source.name}",
                url=source.url,
                names=source.names,
            )
            yield replace(draft, source_key=name)
        except FieldError as error:
            yield Refusal(where=f"row {name}", reason=str(error))


def _withdrawn(store: Store, source: Source, gone: set[str]) -> Iterator[Draft]:
    """Rows that are no longer there, as they were, withdrawn."""
    for key in sorted(gone):
        draft = store.draft_of(f"database:{source.name}", key)
        if draft is not None:
            yield replace(draft, status="withdrawn")


def _strings(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else ()
