"""A table's bytes in (CSV, TSV), drafts out. Pure.

The first line names the columns; `fields.NAMES` knows the usual names, `names` gives others.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from articles.model import Draft, Refusal
from articles.sources import fields
from articles.sources.jsonl import FieldError

#: A cell holds a body at most; the csv module's own limit is less than a long read.
CELL_CHARS_MAX = 10_485_760
_DELIMITERS = ",;\t|"


def read(
    data: bytes, *, url: str = "", names: Mapping[str, str] | None = None
) -> Iterator[Draft | Refusal]:
    """One draft or refusal for each row below the first that is not blank."""
    text = _decoded(data)
    csv.field_size_limit(CELL_CHARS_MAX)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip() for name in next(rows, [])]
        if problem := _unusable(header, names or {}):
            yield Refusal(where="line 1", reason=problem)
            return
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _one(
                    dict(zip(header, row, strict=False)), f"line {rows.line_num}", url, names
                )
    except csv.Error as error:
        yield Refusal(where=f"line {rows.line_num}", reason=f"not CSV from here on ({error})")


def _one(
    row: dict[str, str], where: str, url: str, names: Mapping[str, str] | None
) -> Draft | Refusal:
    try:
        return fields.draft(row, source=url, url=url, names=names)
    except FieldError as error:
        return Refusal(where=where, reason=str(error))


def _unusable(header: list[str], names: Mapping[str, str]) -> str:
    known = {fields.normal(name) for name in header}
    columns = ", ".join(header)[:300]
    for ours, column in names.items():
        if ours not in fields.NAMES:
            return f"there is no field {ours!r}; the fields are {', '.join(fields.NAMES)}"
        if fields.normal(column) not in known:
            return f"there is no column {column!r}; the columns are {columns}"
    titles = {fields.normal(names["title"])} if "title" in names else {*fields.NAMES["title"]}
    if not known & titles:
        return f"no column for the title among {columns}; name it: --map title=COLUMN"
    return ""


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what a spreadsheet saves where nobody chose


def _delimiter(text: str) -> str:
    line = text.partition("\n")[0]
    return max(_DELIMITERS, key=line.count)
