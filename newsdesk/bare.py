"""A JSON Lines file in, articles out, without a desk: for `regions tag` and `stories group`."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from articles import markup, plain
from articles.addresses import web_address
from articles.characters import line
from articles.errors import NewsdeskError
from articles.model import Article
from articles.moments import moment

#: Stands in where a line has no time: all such articles are of one moment.
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class FileError(NewsdeskError):
    """A line is no article; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the article it holds, and the country its source is at home in, if it says so."""

    article: Article
    home: str | None


def read(path: Path) -> Iterator[Line]:
    """The articles of a JSON Lines file (.gz too), one a line, under the file's own ids.

    Raises:
        FileError: a line is not a JSON object with an `id`, or its body is too large.
        OSError: the file cannot be read.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield _line(raw, f"{path}: line {number}")


def write(path: Path, rows: Iterator[dict[str, object]]) -> int:
    """Write rows as JSON Lines; returns how many."""
    count = 0
    with path.open("wb") as file:
        for row in rows:
            file.write(msgspec.json.encode(row) + b"\n")
            count += 1
    return count


def _line(raw: bytes, where: str) -> Line:
    try:
        values = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise FileError(f"{where}: not JSON ({error})") from error
    if not isinstance(values, dict) or "id" not in values:
        raise FileError(f'{where}: not an article; write an object with an "id"')
    text = {key: value for key, value in values.items() if isinstance(value, str)}
    published_at = moment(text.get("published", "")) or NO_TIME
    article = Article(
        id=str(values["id"]),
        title=line(text.get("title", "")),
        standfirst=line(text.get("summary", text.get("standfirst", ""))),
        body_text=text.get("body_text") or text.get("body") or _text_of_body(text, where),
        url=web_address(text.get("url", "")),
        language=text.get("language", ""),
        dateline=line(text.get("dateline", "")),
        published_at=published_at,
        updated_at=published_at,
    )
    return Line(article, text.get("home") or None)


def _text_of_body(text: dict[str, str], where: str) -> str:
    try:
        return plain.text_of(markup.html(text.get("body_html", "")))
    except markup.RefusedError as error:
        raise FileError(f"{where}: {error}") from error
