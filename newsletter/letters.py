"""Those who asked for the digest in, the letters that ask whether it was them out. SQLite, mail.

A letter is plain text: one question, one link. It leaves by the transport the digest has. Where
nobody knows whether it arrived, it is sent again, the same to the byte: somebody waits for it.
"""

from __future__ import annotations

import hashlib
from binascii import b2a_qp
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr
from typing import Literal

from articles.database import Database
from newsletter import signup, subscribers, tokens
from newsletter.dkim import Key, Signer
from newsletter.headers import ascii_address, ascii_domain, field, mailbox, unstructured
from newsletter.letter_words import letter_words
from newsletter.model import Newsletter
from newsletter.signup import Signup
from newsletter.text import plain, shorten
from newsletter.transport.protocol import Outcome, Session, Transport, TransportError

#: RFC 5321, 4.5.4.1: the first tries soon, later ones slower; CONFIRM_WITHIN ends it.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))

#: A subject that wraps in no list of messages.
SUBJECT_CHARS_MAX = 78

_STATES: dict[str, Literal["mailed", "waiting", "refused"]] = {
    "sent": "mailed",
    "deferred": "waiting",
    "doubt": "waiting",
    "refused": "refused",
}


def post(
    db: Database,
    transport: Transport,
    newsletter: Newsletter,
    secrets: Sequence[str],
    clock: Callable[[], datetime],
    *,
    keys: Sequence[Key] = (),
) -> dict[str, int]:
    """Decide on what forms asked for, and offer the letters that wait: how many came to what.

    Raises:
        TransportError: the mail server cannot be used now; the letters wait.
    """
    now = clock()
    signup.forget(db, now)
    signup.decide(db, now)
    letters = signup.ready(db, now)
    counts: Counter[str] = Counter()
    if not letters:
        return {}
    sender = ascii_address(parseaddr(newsletter.sender)[1])
    signer = Signer(keys)
    with transport.open() as session:
        for each in letters:
            raw = signer.sign(message(each, newsletter, _link(db, each, newsletter, secrets)))
            state = _offer(db, session, each, sender, raw, clock)
            counts[state] += 1
    return dict(counts)


def _offer(
    db: Database,
    session: Session,
    letter: Signup,
    sender: str,
    raw: bytes,
    clock: Callable[[], datetime],
) -> str:
    try:
        outcome = session.offer(
            sender,
            letter.wish.address_key,
            raw,
            lambda: signup.attempt(db, letter, clock()),
        )
    except TransportError as error:
        outcome = Outcome(state="deferred", reply=str(error), server=True)
    state = _STATES[outcome.state]
    if outcome.server and state == "refused":
        state = "waiting"
    now = clock()
    wait = WAITS[min(letter.attempts, len(WAITS) - 1)]
    signup.settle(db, letter, state, outcome.reply, now=now, next_at=now + wait)
    return state


def _link(db: Database, letter: Signup, newsletter: Newsletter, secrets: Sequence[str]) -> str:
    """Where the letter leads: to the button, or to what a subscriber has chosen already."""
    if letter.letter == "known":
        subscriber = subscribers.find(db, letter.wish.address)
        assert subscriber is not None
        return tokens.preferences_url(newsletter, secrets, subscriber)
    return f"{newsletter.mail_url}c/{tokens.token(secrets, letter.key, tokens.CONFIRM)}"


def message(letter: Signup, newsletter: Newsletter, link: str) -> bytes:
    """The letter exactly as it goes on the wire, unsigned; the same on every attempt.

    Raises:
        MessageError: an address that cannot stand in a header.
    """
    say = letter_words(letter.wish.language)
    name, address = parseaddr(newsletter.sender)
    subject, text = say.confirm if letter.letter == "confirm" else say.known
    fields = (
        ("Date", format_datetime(letter.asked_at)),
        ("From", mailbox(name or newsletter.name, ascii_address(address))),
        ("To", ascii_address(letter.wish.address)),
        ("Subject", _subject(subject.format(name=plain(newsletter.name)))),
        ("Message-ID", _message_id(letter, newsletter)),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", say.language),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
    )
    body = text.format(
        name=plain(newsletter.name),
        site=newsletter.site_url,
        url=link,
        hours=round(signup.CONFIRM_WITHIN / timedelta(hours=1)),
        postal=plain(newsletter.postal_address),
    )
    encoded = b2a_qp(body.rstrip().encode() + b"\n").replace(b"\n", b"\r\n")
    return b"".join(field(*each) for each in fields) + b"\r\n" + encoded


def _subject(text: str) -> str:
    return unstructured("Subject", shorten(text, SUBJECT_CHARS_MAX))


def _message_id(letter: Signup, newsletter: Newsletter) -> str:
    mark = hashlib.sha256(f"letter {letter.key}".encode()).hexdigest()[:32]
    return f"<letter.{mark}@{ascii_domain(newsletter.domain)}>"
