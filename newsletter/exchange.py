"""Subscribers' lists from elsewhere in, and ours out, as CSV and JSON. SQLite.

Every mailing program writes its own columns; the usual names of each are known. A line that cannot
be taken is reported and costs no other line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain, count

from articles.database import Database, write
from articles.model import Refusal
from newsletter import signup, subscribers
from newsletter.model import Subscriber
from newsletter.wishes import Resolve, SubscriberError, Wish, checked

#: A million subscribers are 60 MB; more is not a list of subscribers.
IMPORT_BYTES_MAX = 100_000_000

#: Columns by the names other programs give them, in lower case, without spaces, "-" and "_".
NAMES = {
    "address": (
        "address",
        "email",
        "mail",
        "emailaddress",
        "subscriber",
        "emailadresse",
        "courriel",
    ),
    "regions": ("regions", "region", "topics", "topic", "interests", "groups", "tags"),
    "hour": ("hour", "time", "sendat", "deliverytime"),
    "time_zone": ("timezone", "tz", "zone"),
    "language": ("language", "lang", "locale"),
    "state": ("state", "status", "subscriptionstatus"),
    "asked_at": ("askedat", "subscribedat", "optintime", "confirmtime", "createdat", "dateadded"),
}

#: What other programs call people who must not be mailed.
GONE = frozenset(
    {
        *("removed", "unsubscribed", "blocklisted", "blacklisted", "suppressed", "cleaned", "spam"),
        *("bounced", "complained", "inactive", "disabled", "pending", "unconfirmed", "unreachable"),
    }
)

#: Regions in one cell.
_LIST = re.compile(r"[;,|]")

EXPORTED = ("address", "regions", "hour", "time_zone", "language", "asked_at", "source", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list: added + known + refused are its lines."""

    added: int
    known: int  # subscribed already; their choices were left alone
    refused: tuple[Refusal, ...]
    ignored: tuple[str, ...] = ()  # columns that mean nothing to us
    unchanged: tuple[Refusal, ...] = ()  # the lines of those known


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a line without a word on it gets."""

    hour: time
    time_zone: str
    language: str
    regions: tuple[str, ...] = ()


def import_csv(
    db: Database,
    content: bytes,
    resolve: Resolve,
    defaults: Defaults,
    *,
    now: datetime,
    source: str,
    dry_run: bool = False,
) -> Imported:
    """Subscribe everybody on a list, in one transaction; `dry_run` only says what would happen.

    The suppression list is honoured, whoever is subscribed stays as they are. What the file says of
    when somebody asked is kept in their `source`.

    Raises:
        SubscriberError: it is no list of addresses at all.
    """
    table = _table(content)
    refused: list[Refusal] = []
    known: list[Refusal] = []
    added = 0
    with suppress(_DryRun), write(db):
        for line, row in table.rows:
            try:
                wish = _wish(row, resolve, defaults)
                asked = row.get("asked_at", "").strip()
                subscribers.insert(
                    db, wish, now=now, source=f"{source}, asked {asked}" if asked else source
                )
                added += 1
            except subscribers.KnownError as error:
                known.append(Refusal(where=f"line {line}", reason=str(error)))
            except SubscriberError as error:
                refused.append(Refusal(where=f"line {line}", reason=str(error)))
        if dry_run:
            raise _DryRun
    return Imported(
        added=added,
        known=len(known),
        refused=tuple(refused),
        ignored=table.ignored,
        unchanged=tuple(known),
    )


def export_csv(db: Database) -> str:
    """Everybody, the removed too, as a table that `import_csv` reads."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(EXPORTED)
    for row in _exported(db):
        writer.writerow(";".join(each) if isinstance(each, list) else each for each in row.values())
    return out.getvalue()


def export_json(db: Database) -> str:
    """Everybody, the removed too."""
    return json.dumps(list(_exported(db)), ensure_ascii=False, indent=1) + "\n"


def everything(db: Database, subscriber: Subscriber) -> dict[str, object]:
    """All that is kept of one person, as they may ask for it (GDPR, articles 15 and 20)."""
    columns = (*EXPORTED, "days", "minutes", "format", "paused_until", "changed_at")
    row = db.execute(
        f"SELECT {', '.join(columns)} FROM subscribers WHERE id = ?", (subscriber.id,)
    ).fetchone()
    known = dict(zip(columns, row, strict=True))
    sent = db.execute(
        """
        SELECT d.day, d.state, d.changed_at, coalesce(e.subject, '')
        FROM deliveries d LEFT JOIN editions e ON e.id = d.edition_id
        WHERE d.subscriber_id = ? ORDER BY d.day
        """,
        (subscriber.id,),
    ).fetchall()
    back = db.execute(
        "SELECT day, kind, status, reply FROM mail_returns WHERE subscriber_id = ? ORDER BY day",
        (subscriber.id,),
    ).fetchall()
    return known | {
        "regions": json.loads(known["regions"]),
        "consents": signup.consents(db, subscriber),
        "digests": [dict(zip(("day", "state", "at", "subject"), row, strict=True)) for row in sent],
        "returned": [
            dict(zip(("day", "kind", "status", "reply"), row, strict=True)) for row in back
        ],
    }


class _DryRun(Exception):  # noqa: N818
    """Ends the transaction of an import that was only asked about."""


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Iterator[tuple[int, Mapping[str, str]]]  # line, our column -> cell
    ignored: tuple[str, ...]


def _table(content: bytes) -> _Table:
    text = _decoded(content)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    head = next(lines, [])
    if any("@" in cell for cell in head):  # a bare list of addresses
        at = next(i for i, cell in enumerate(head) if "@" in cell)
        return _Table(_rows(chain([head], lines), {"address": at}, first=1), ())
    columns = {name: i for i, cell in reversed([*enumerate(head)]) if (name := _column(cell))}
    if "address" not in columns:
        raise SubscriberError(
            "no column of addresses: the first line names the columns, and one of them is `address`"
        )
    ignored = tuple(cell for cell in head if cell.strip() and not _column(cell))
    return _Table(_rows(lines, columns, first=2), ignored)


def _rows(
    lines: Iterable[Sequence[str]], columns: Mapping[str, int], *, first: int
) -> Iterator[tuple[int, Mapping[str, str]]]:
    rows = iter(lines)
    for line in count(first):
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:  # a cell without end, or of more than 128 kB
            cells = ["?"]
        if any(cell.strip() for cell in cells):
            yield line, {name: cells[at] for name, at in columns.items() if at < len(cells)}


def _decoded(content: bytes) -> str:
    if len(content) > IMPORT_BYTES_MAX:
        raise SubscriberError(
            f"more than {IMPORT_BYTES_MAX // 1_000_000} MB: no list of subscribers"
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # what spreadsheets call Unicode
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    return text.replace("\0", "")


def _delimiter(text: str) -> str:
    """What parts the columns of the first line: a comma, or what a German spreadsheet writes."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _column(cell: str) -> str | None:
    plain = re.sub(r"[\s_-]", "", cell).lower()
    return next((ours for ours, theirs in NAMES.items() if plain in theirs), None)


def _wish(row: Mapping[str, str], resolve: Resolve, defaults: Defaults) -> Wish:
    state = row.get("state", "").strip().lower()
    if state in GONE:
        raise SubscriberError(f"{row.get('address', '').strip()} is {state} there, so not taken")
    words = [word for word in _LIST.split(row.get("regions", "")) if word.strip()]
    return checked(
        row.get("address", ""),
        resolve,
        regions=words or defaults.regions,
        hour=row.get("hour", "").strip() or defaults.hour,
        time_zone=row.get("time_zone", "").strip() or defaults.time_zone,
        language=row.get("language", "").strip() or defaults.language,
    )


def _exported(db: Database) -> Iterator[dict[str, object]]:
    rows = db.execute(
        f"SELECT {', '.join(EXPORTED)} FROM subscribers WHERE source <> 'erased' ORDER BY id"
    )
    for row in rows:
        values = dict(zip(EXPORTED, row, strict=True))
        yield values | {"regions": json.loads(values["regions"])}
