"""Received messages in; subscribers suppressed, failures counted. SQLite.

A report counts only with our signature in its return address, so that nobody can have somebody
else's subscription ended:

    failed for good   suppressed at once
    failed for now    counted; SOFT_DAYS editions within SOFT_WITHIN suppress
    complaint         suppressed at once
    unsubscribe       by the token of their own link: removed
    stop              an answer to a message of ours, by its Message-ID: removed

One fact a subscriber, edition and kind is kept, so that a report that comes twice counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from articles.database import Database, write
from articles.store import moment, stamp
from newsletter import subscribers, tokens, verp
from newsletter.inbound.report import Report, read
from newsletter.model import Subscriber

#: A mailbox that refuses for this many editions ...
SOFT_DAYS = 5

#: ... of so many days is given up.
SOFT_WITHIN = timedelta(days=14)

#: Servers give up after five days; a report on an older edition is somebody's replay.
REPORT_WITHIN = timedelta(days=30)

#: Messages taken in one sweep, so that a flooded mailbox holds up nothing else.
SWEEP_MAX = 500

Did = Literal["suppressed", "counted", "noted", "ignored", "repeated"]


class Mailbox(Protocol):
    """Where messages come in."""

    def drain(self, take: Callable[[bytes], object], limit: int) -> int:
        """Hand over up to `limit` new messages, each marked as read after `take` returned.

        Raises:
            MailboxError: the mailbox cannot be read now.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one message."""

    report: Report
    did: Did
    subscriber: Subscriber | None = None


def collect(
    db: Database, mailbox: Mailbox, secrets: Sequence[str], clock: Callable[[], datetime]
) -> dict[Did, int]:
    """Read what is new in a mailbox: how many messages did what.

    Raises:
        MailboxError: the mailbox cannot be read now; what was read counts.
    """
    counts: Counter[Did] = Counter()

    def take(raw: bytes) -> None:
        counts[handle(db, secrets, raw, now=clock()).did] += 1

    mailbox.drain(take, SWEEP_MAX)
    return dict(counts)


def handle(
    db: Database,
    secrets: Sequence[str],
    raw: bytes,
    *,
    now: datetime,
    envelope: tuple[str, ...] = (),
) -> Outcome:
    """Act on one message, in one transaction; `envelope` are its RCPT TO addresses, if known."""
    report = read(raw, envelope)
    subscriber, day = _whose(db, secrets, report, now)
    if subscriber is None or not _may_be(subscriber, day, now):
        return Outcome(report=report, did="ignored")
    with write(db):
        did = (
            _act(db, report, subscriber, day, now)
            if _kept(db, report, subscriber, day, now)
            else "repeated"
        )
    return Outcome(report=report, did=did, subscriber=subscriber)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that came back, as it is on record."""

    at: datetime
    address: str
    day: date
    kind: str
    status: str
    reply: str


def facts(db: Database, *, limit: int) -> tuple[Fact, ...]:
    """What came back, newest first; a `limit` of -1 is none."""
    rows = db.execute(
        """
        SELECT r.at, s.address, r.day, r.kind, r.status, r.reply
        FROM mail_returns r JOIN subscribers s ON s.id = r.subscriber_id
        ORDER BY r.at DESC, r.subscriber_id LIMIT ?
        """,
        (limit,),
    )
    return tuple(
        Fact(
            at=moment(at),
            address=address,
            day=date.fromisoformat(day),
            kind=kind,
            status=status,
            reply=reply,
        )
        for at, address, day, kind, status, reply in rows
    )


def forget(db: Database, before: datetime) -> int:
    """Drop what came back so long ago: how many rows."""
    dropped = db.execute("DELETE FROM mail_returns WHERE at < ?", (stamp(before),))
    return int(dropped.rowcount)


def _whose(
    db: Database, secrets: Sequence[str], report: Report, now: datetime
) -> tuple[Subscriber | None, date]:
    """Who it is about, proven by something only their message had; and of which day that was."""
    today = now.date()
    if report.kind == "unsubscribe":
        try:
            key = tokens.subscriber_of(secrets, report.token, tokens.UNSUBSCRIBE)
        except tokens.TokenError:
            return None, today
        return subscribers.by_key(db, key), today
    if report.kind == "stop":
        return _answered(db, report.about), today
    if report.kind in ("failed", "delayed", "complaint"):
        for address in report.addresses:
            if found := verp.returned(secrets, address):
                return subscribers.by_key(db, found.key), found.day
    return None, today


def _answered(db: Database, message_ids: Sequence[str]) -> Subscriber | None:
    """The reader of a message of ours: its id is an HMAC that only its reader was shown."""
    for message_id in message_ids:
        row = db.execute(
            "SELECT subscriber_id FROM deliveries WHERE message_id = ?", (message_id,)
        ).fetchone()
        if row:
            return subscribers.by_id(db, row[0])
    return None


def _may_be(subscriber: Subscriber, day: date, now: datetime) -> bool:
    """Not about an edition of long ago, nor of a time before they asked again."""
    asked = (subscriber.asked_at - timedelta(days=1)).date()  # UTC's date may be a day ahead
    return max(asked, now.date() - REPORT_WITHIN) <= day


def _kept(db: Database, report: Report, subscriber: Subscriber, day: date, now: datetime) -> bool:
    """Put it on record; False when it stands there."""
    added = db.execute(
        "INSERT OR IGNORE INTO mail_returns VALUES (?, ?, ?, ?, ?, ?)",
        (subscriber.id, day.isoformat(), report.kind, stamp(now), report.status, report.reply),
    )
    return bool(added.rowcount)


def _act(db: Database, report: Report, subscriber: Subscriber, day: date, now: datetime) -> Did:
    if report.kind in ("failed", "delayed", "complaint"):
        _undoubt(db, subscriber, day, now)
    if report.kind == "delayed":
        return "noted"
    if report.kind == "failed" and not report.lasting:
        failures = _failures(db, subscriber, now)
        if failures < SOFT_DAYS:
            return "counted"
        reason = f"{failures} digests came back, last {report.status}"
    else:
        reason = _REASONS[report.kind].format(status=report.status)
    subscribers.bar(db, subscriber, now=now, reason=reason)
    return "suppressed"


_REASONS = {
    "failed": "came back for good: {status}",
    "complaint": "complained",
    "unsubscribe": "unsubscribed by mail",
    "stop": "answered stop",
}


def _failures(db: Database, subscriber: Subscriber, now: datetime) -> int:
    """Editions that came back lately, since they asked."""
    since = max((now - SOFT_WITHIN).date(), subscriber.asked_at.date())
    (count,) = db.execute(
        """
        SELECT count(*) FROM mail_returns
        WHERE subscriber_id = ? AND kind = 'failed' AND day >= ?
        """,
        (subscriber.id, since.isoformat()),
    ).fetchone()
    return int(count)


def _undoubt(db: Database, subscriber: Subscriber, day: date, now: datetime) -> None:
    """What came back had been taken: a doubt about it is settled."""
    db.execute(
        """
        UPDATE deliveries SET state = 'sent', changed_at = ?, reply = 'its report came back'
        WHERE subscriber_id = ? AND day = ? AND state = 'doubt'
        """,
        (stamp(now), subscriber.id, day.isoformat()),
    )
