"""What a form asked for in, a subscriber who confirmed it by mail out (double opt-in). SQLite.

    asked -> waiting -> attempting -> mailed -> confirmed          a letter is newsletter/letters.py
      +---> dropped       +-> waiting, refused

The form only writes down what was asked, the same for every address: whether it is subscribed,
suppressed or was written to already is decided afterwards, by the sweep. So the answer and the
time it takes tell nobody who reads us.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from articles.database import Database, write
from articles.errors import TryAgainError
from articles.store import moment, stamp
from newsletter import subscribers
from newsletter.model import Subscriber
from newsletter.subscribers import KnownError
from newsletter.wishes import SubscriberError, Wish

#: An address gets one letter in this time, whoever types it in and however often.
LETTER_EVERY = timedelta(hours=24)

#: So long a confirmation link works; then the address is forgotten.
CONFIRM_WITHIN = timedelta(hours=48)

#: Forms that wait for the sweep. More than this is a flood, and the form says to come back.
WAITING_MAX = 5_000

#: Letters decided on in one sweep: a flood of forms is no flood of mail.
LETTERS_PER_SWEEP = 50

Letter = Literal["confirm", "known"]


class FullError(TryAgainError):
    """Too many ask at once; nothing was written down."""


class ExpiredError(SubscriberError):
    """The link was used, or is too old: ask again by the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What somebody read and where, when they asked."""

    words: str  # what stood beside the button
    page: str  # the form's address


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """Somebody who asked, and what is to be written to them."""

    id: int
    key: str  # 32 hex digits: the confirmation's token is made of it
    wish: Wish
    letter: Letter
    asked_at: datetime
    attempts: int


def ask(db: Database, wish: Wish, consent: Consent, *, now: datetime) -> None:
    """Write down what a form asked for.

    Raises:
        FullError: WAITING_MAX wait already.
    """
    with write(db):
        (waiting,) = db.execute("SELECT count(*) FROM signups WHERE state = 'asked'").fetchone()
        if waiting >= WAITING_MAX:
            raise FullError("too many people subscribe at this moment; try again in a few minutes")
        db.execute(
            """
            INSERT INTO signups (key, address, address_key, wish, words, page, asked_at,
                                 next_at, changed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                secrets.token_hex(subscribers.KEY_CHARS // 2),
                wish.address,
                wish.address_key,
                _packed(wish),
                consent.words,
                consent.page,
                *(stamp(now),) * 3,
            ),
        )


def decide(db: Database, now: datetime) -> int:
    """Who of those who asked gets which letter: how many letters.

    Who asks again within LETTER_EVERY gets no second one, but the newer wish counts.
    """
    asked = db.execute(
        "SELECT id, address_key FROM signups WHERE state = 'asked' ORDER BY id LIMIT ?",
        (LETTERS_PER_SWEEP,),
    ).fetchall()
    letters = 0
    for number, address_key in asked:
        with write(db):
            earlier = _earlier(db, number, address_key, now)
            if earlier is not None:
                _take_over(db, number, earlier, now)
            else:
                letters += _decide(db, number, address_key, now)
    return letters


def _earlier(db: Database, number: int, address_key: str, now: datetime) -> int | None:
    """A letter to this address in the last LETTER_EVERY."""
    row = db.execute(
        """
        SELECT id FROM signups
        WHERE address_key = ? AND id < ? AND letter <> '' AND asked_at > ?
        ORDER BY id DESC LIMIT 1
        """,
        (address_key, number, stamp(now - LETTER_EVERY)),
    ).fetchone()
    return int(row[0]) if row else None


def _take_over(db: Database, number: int, earlier: int, now: datetime) -> None:
    db.execute(
        """
        UPDATE signups SET (address, wish, words, page) =
            (SELECT address, wish, words, page FROM signups WHERE id = ?)
        WHERE id = ? AND letter = 'confirm' AND state <> 'confirmed'
        """,
        (number, earlier),
    )
    _move(db, number, "dropped", now, "asked again")


def _decide(db: Database, number: int, address_key: str, now: datetime) -> int:
    subscriber = subscribers.find(db, address_key)
    if subscriber is not None and subscribers.is_active(db, subscriber):
        letter: Letter = "known"
    elif "complained" in (subscribers.suppressed(db, address_key) or ""):
        _move(db, number, "dropped", now, "complained of our mail before")
        return 0
    else:
        letter = "confirm"
    db.execute(
        "UPDATE signups SET state = 'waiting', letter = ?, changed_at = ? WHERE id = ?",
        (letter, stamp(now), number),
    )
    return 1


def ready(db: Database, now: datetime) -> tuple[Signup, ...]:
    """Letters to be offered now.

    One that a dead run left `attempting` is among them: a second confirmation, the same to the
    byte, does no harm, and none would lose somebody.
    """
    rows = db.execute(
        f"""
        SELECT {_COLUMNS} FROM signups
        WHERE state IN ('waiting', 'attempting') AND next_at <= ? AND asked_at > ?
        ORDER BY id LIMIT ?
        """,
        (stamp(now), stamp(now - CONFIRM_WITHIN), LETTERS_PER_SWEEP),
    )
    return tuple(map(_signup, rows))


def attempt(db: Database, signup: Signup, now: datetime) -> None:
    """Write down that the letter may be out from now on."""
    _move(db, signup.id, "attempting", now, "")


def settle(
    db: Database,
    signup: Signup,
    state: Literal["mailed", "waiting", "refused"],
    reply: str,
    *,
    now: datetime,
    next_at: datetime,
) -> None:
    """Write down what became of the letter; `next_at` is when one that waits is offered again."""
    db.execute(
        """
        UPDATE signups SET state = ?, reply = ?, changed_at = ?, next_at = ?,
               attempts = attempts + 1
        WHERE id = ? AND state <> 'confirmed'
        """,
        (state, reply, stamp(now), stamp(next_at), signup.id),
    )


def pending(db: Database, key: str, now: datetime) -> Signup | None:
    """Whom a confirmation link was made for, while it works."""
    row = db.execute(
        f"""
        SELECT {_COLUMNS} FROM signups
        WHERE key BETWEEN ? AND ? AND letter = 'confirm' AND state <> 'confirmed'
          AND asked_at > ?
        """,
        (*subscribers.keys(key), stamp(now - CONFIRM_WITHIN)),
    ).fetchone()
    return _signup(row) if row else None


def confirm(db: Database, key: str, now: datetime) -> Subscriber:
    """Subscribe whom a confirmation link was made for. Twice is once.

    Raises:
        ExpiredError: the link is older than CONFIRM_WITHIN, or they left since.
    """
    signup = pending(db, key, now)
    with write(db):
        if signup is None:
            return _confirmed_before(db, key)
        try:
            made = subscribers.insert(
                db, signup.wish, now=now, source="confirmed by mail", asked_again=True
            )
        except KnownError:  # somebody else added them meanwhile
            found = subscribers.find(db, signup.wish.address)
            assert found is not None
            made = found
        db.execute(
            """
            INSERT OR IGNORE INTO consents (subscriber_id, confirmed_at, asked_at, page, words)
            SELECT ?, ?, asked_at, page, words FROM signups WHERE id = ?
            """,
            (made.id, stamp(now), signup.id),
        )
        _move(db, signup.id, "confirmed", now, "")
    return made


def _confirmed_before(db: Database, key: str) -> Subscriber:
    row = db.execute(
        "SELECT address_key FROM signups WHERE key BETWEEN ? AND ? AND state = 'confirmed'",
        subscribers.keys(key),
    ).fetchone()
    found = subscribers.find(db, row[0]) if row else None
    if found is None or not subscribers.is_active(db, found):
        raise ExpiredError("this link was used, or is too old; ask again by the form")
    return found


def consents(db: Database, subscriber: Subscriber) -> tuple[dict[str, str], ...]:
    """When, where and to which words a subscriber said yes."""
    rows = db.execute(
        """
        SELECT asked_at, confirmed_at, page, words FROM consents
        WHERE subscriber_id = ? ORDER BY confirmed_at
        """,
        (subscriber.id,),
    )
    names = ("asked_at", "confirmed_at", "page", "words")
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


def forget(db: Database, now: datetime) -> int:
    """Drop the addresses of those who did not confirm, and the forms of those who did."""
    dropped = db.execute("DELETE FROM signups WHERE asked_at < ?", (stamp(now - CONFIRM_WITHIN),))
    return int(dropped.rowcount)


_COLUMNS = "id, key, address, address_key, wish, letter, asked_at, attempts"


def _signup(row: tuple[int, str, str, str, str, Letter, str, int]) -> Signup:
    number, key, address, address_key, wish, letter, asked_at, attempts = row
    return Signup(
        id=number,
        key=key,
        wish=_unpacked(address, address_key, wish),
        letter=letter,
        asked_at=moment(asked_at),
        attempts=attempts,
    )


def _packed(wish: Wish) -> str:
    return json.dumps(
        {
            "regions": wish.regions,
            "hour": f"{wish.hour:%H:%M}",
            "time_zone": wish.time_zone,
            "language": wish.language,
            "days": wish.days,
            "minutes": wish.minutes,
            "format": wish.format,
        }
    )


def _unpacked(address: str, address_key: str, wish: str) -> Wish:
    values = json.loads(wish)
    values["regions"] = tuple(values["regions"])
    values["hour"] = time.fromisoformat(values["hour"])
    return Wish(address=address, address_key=address_key, **values)


def _move(db: Database, number: int, state: str, now: datetime, reply: str) -> None:
    db.execute(
        "UPDATE signups SET state = ?, changed_at = ?, reply = ? WHERE id = ?",
        (state, stamp(now), reply, number),
    )
