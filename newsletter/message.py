"""An edition's words and one subscriber in, the bytes of one message out. Pure.

What all readers share is encoded once, in an Envelope; a message is that, with one reader's words
put between. Every message's header is read back before it leaves: no text becomes a header field.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from binascii import b2a_qp
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from functools import lru_cache, partial
from html import escape
from urllib.parse import quote as percent
from zoneinfo import ZoneInfo

from newsletter import languages, personal
from newsletter.dkim import Signer, Signing, squeezed
from newsletter.headers import (
    MessageError,
    ascii_address,
    ascii_domain,
    field,
    mailbox,
    phrase,
    unstructured,
    web_address,
)
from newsletter.model import Newsletter, Rendered, Subscriber
from newsletter.personal import Personal
from newsletter.text import plain, shorten
from newsletter.view import SUBJECT_CHARS_MAX

#: 128 bits of HMAC: nobody meets another's Message-ID, nobody computes one.
MESSAGE_ID_HEX = 32

#: Days whose Message-IDs are made at once: planning meets two, at midnight.
MESSAGE_IDS_MAX = 8

#: Editions whose encoded words are kept; a sending works on few at a time.
ENVELOPES_MAX = 32

#: RFC 5322, 2.1.1: no line should be longer, without its CRLF.
LINE_CHARS = 78

#: What leaves room in a line for ` <`, `?subject=unsubscribe%20` and `>`.
MAILTO_CHARS_MAX = LINE_CHARS - 26

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+>")

#: The header, in its order. RFC 8058: one click takes both List-Unsubscribe fields.
FIELDS = (
    *("Date", "From", "To", "Reply-To", "Subject", "Message-ID", "MIME-Version", "List-Id"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "List-Help", "Feedback-ID"),
    *("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "Content-Language"),
    *("Content-Type", "Content-Transfer-Encoding"),
)
REQUIRED = frozenset(FIELDS) - {
    *("List-Unsubscribe-Post", "List-Archive", "Content-Transfer-Encoding")
}

#: What a message without HTML says of itself (RFC 2045).
TEXT_ALONE = (
    ("Content-Type", 'text/plain; charset="utf-8"'),
    ("Content-Transfer-Encoding", "quoted-printable"),
)

#: For whom every edition is written once, to see whether it can be read.
SPECIMEN = Subscriber(
    id=0,
    key="0" * 32,
    address="reader@mail.example",
    asked_at=datetime(2026, 1, 1, tzinfo=UTC),
)

#: Makes messages without a signature.
UNSIGNED = Signer(())

#: Readers' own words that stay encoded: days and hours are shared by many, addresses by nobody.
OWN_MAX = 512

#: What escaping and quoted-printable leave as it is, on one line.
_PLAIN = re.compile(r"[A-Za-z0-9@:/?._-]{1,72}")

#: A line that begins with it goes on with the field before.
_BLANK = ord(" ")

_PRINTABLE = bytes(range(ord(" "), ord("~") + 1))

Pieces = tuple[tuple[str, str], ...]


def message(
    rendered: Rendered,
    newsletter: Newsletter,
    subscriber: Subscriber,
    *,
    day: date,
    date: datetime,
    unsubscribe_url: str,
    message_id: str,
    preferences_url: str = "",
) -> bytes:
    """The message exactly as it goes on the wire, CRLF, unsigned; the same for the same arguments.

    `day` is the edition's, `date` the instant in the Date field. Without a `preferences_url` the
    link leads to the unsubscribe page.

    Raises:
        MessageError: an address, URL or Message-ID that cannot stand in a header, or a header that
            reads back otherwise than it was meant.
    """
    return envelope(rendered.as_(subscriber.format), newsletter, day).message(
        subscriber,
        date=date,
        unsubscribe_url=unsubscribe_url,
        message_id=message_id,
        preferences_url=preferences_url,
    )


def message_id(newsletter: Newsletter, day: date, subscriber: Subscriber, *, secret: str) -> str:
    """The Message-ID of this reader's edition of `day`: always the same one."""
    key, said, left, right = _message_ids(newsletter, day, secret)
    mark = hmac.digest(key, said + subscriber.key.encode(), "sha256").hex()
    return f"{left}{mark[:MESSAGE_ID_HEX]}{right}"


@lru_cache(maxsize=MESSAGE_IDS_MAX)
def _message_ids(newsletter: Newsletter, day: date, secret: str) -> tuple[bytes, bytes, str, str]:
    """What all Message-IDs of a day share: the key, what is hashed, and what stands around it."""
    said = "\0".join(("message-id", newsletter.name, newsletter.sender, f"{day}", ""))
    left, right = f"<{day:%Y%m%d}.", f"@{ascii_domain(newsletter.domain)}>"
    return secret.encode(), said.encode("utf-8", "replace"), left, right


@lru_cache(maxsize=ENVELOPES_MAX)
def envelope(rendered: Rendered, newsletter: Newsletter, day: date) -> Envelope:
    """All that the readers of an edition share, encoded, and proven by reading a specimen back.

    Raises:
        MessageError: the specimen reads otherwise than it was meant.
    """
    made = Envelope.of(rendered, newsletter, day)
    _prove(made)
    return made


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of the body that all readers share, and what of a reader's own comes after them."""

    raw: bytes
    relaxed: bytes  # as DKIM hashes it
    own: Callable[[Personal], bytes] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message with gaps. Header lines and body stretches are ready for the wire."""

    rendered: Rendered
    sender: bytes  # the From field, as the following ones: whole lines
    about: bytes  # Reply-To, Subject
    list_id: bytes  # MIME-Version, List-Id
    rest: bytes  # from List-Archive to Content-Type
    mailto: str  # where a mailed "unsubscribe" goes
    body: tuple[Stretch, ...]

    @classmethod
    def of(cls, rendered: Rendered, newsletter: Newsletter, day: date) -> Envelope:
        name, address = parseaddr(newsletter.sender)
        sender, domain = ascii_address(address), ascii_domain(newsletter.domain)
        reply_to = parseaddr(newsletter.reply_to or newsletter.sender)
        whole = hashlib.sha256("\0".join((rendered.seal, rendered.html, rendered.text)).encode())
        # "=_" cannot occur in quoted-printable (RFC 2045, 6.7).
        boundary = f"=_{whole.hexdigest()[:24]}"
        mailto = f"mailto:{percent(ascii_address(reply_to[1]), safe='@+')}"
        archive = newsletter.archive_url
        rest = (
            *([("List-Archive", f"<{web_address(archive)}>")] if archive else ()),
            ("List-Help", f"<{mailto}?subject=help>"),
            ("Feedback-ID", f"{day}:{rendered.language}:digest:{domain}"),
            ("Auto-Submitted", "auto-generated"),
            ("Precedence", "bulk"),
            ("X-Auto-Response-Suppress", "All"),
            ("Content-Language", rendered.language),
            *(
                [("Content-Type", f'multipart/alternative; boundary="{boundary}"')]
                if rendered.html
                else TEXT_ALONE
            ),
        )
        return cls(
            rendered=rendered,
            sender=field("From", mailbox(name or newsletter.name, sender)),
            about=field("Reply-To", mailbox(reply_to[0], ascii_address(reply_to[1])))
            + field(
                "Subject", unstructured("Subject", shorten(rendered.subject, SUBJECT_CHARS_MAX))
            ),
            list_id=field("MIME-Version", "1.0")
            + field("List-Id", f"{phrase(newsletter.name)} <digest.{domain}>"),
            rest=b"".join(field(*each) for each in rest),
            mailto=mailto,
            body=tuple(_stretches(rendered, boundary.encode())),
        )

    def message(
        self,
        subscriber: Subscriber,
        *,
        date: datetime,
        unsubscribe_url: str,
        message_id: str,
        preferences_url: str = "",
    ) -> bytes:
        """The wire bytes for one subscriber: see `message`."""
        ready = self.prepared(
            UNSIGNED,
            subscriber,
            date=date,
            unsubscribe_url=unsubscribe_url,
            message_id=message_id,
            preferences_url=preferences_url,
        )
        return b"".join(ready.message)

    def prepared(
        self,
        signer: Signer,
        subscriber: Subscriber,
        *,
        date: datetime,
        unsubscribe_url: str,
        message_id: str,
        preferences_url: str = "",
    ) -> Signing:
        """The wire bytes for one subscriber, and what of them has to be signed."""
        words = personal_words(
            self.rendered, subscriber, unsubscribe_url, preferences_url or unsubscribe_url
        )
        head = self._head(ascii_address(subscriber.address), date, unsubscribe_url, message_id)
        _check(head)
        owns = [each.own(words) if each.own else b"" for each in self.body]
        pieces = [
            part for each, own in zip(self.body, owns, strict=True) for part in (each.raw, own)
        ]
        if not signer.keys:
            return Signing((), (), (head + b"\r\n", *pieces))
        return signer.prepare(head, pieces, self._hashed(owns))

    def _hashed(self, owns: Sequence[bytes]) -> bytes:
        """The SHA-256 of the relaxed body with a reader's own words in it."""
        body_hash = hashlib.sha256()
        for each, own in zip(self.body, owns, strict=True):
            body_hash.update(each.relaxed)
            body_hash.update(squeezed(own))
        return body_hash.digest()

    def _head(self, to: str, date: datetime, unsubscribe_url: str, message_id: str) -> bytes:
        """The fields in their order; RFC 8058 wants https for one click."""
        if not _MESSAGE_ID.fullmatch(message_id):
            raise MessageError(f"not a Message-ID: {plain(message_id)!r}")
        url = web_address(unsubscribe_url)
        token = url.rstrip("/").rpartition("/")[2]
        one_click = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        return b"".join(
            (
                _date(date),
                self.sender,
                f"To: {to}\r\n".encode(),
                self.about,
                f"Message-ID: {message_id}\r\n".encode(),
                self.list_id,
                _list_unsubscribe(url, self.mailto, token),
                one_click if url.startswith("https:") else b"",
                self.rest,
            )
        )


@lru_cache(maxsize=64)
def _date(at: datetime) -> bytes:
    """The field; many readers have their digest at the same hour."""
    return f"Date: {format_datetime(at)}\r\n".encode()


def _list_unsubscribe(url: str, mailto: str, token: str) -> bytes:
    """RFC 2369's field in lines of 78 (RFC 5322, 2.1.1), unless an address alone is longer.

    Addresses stay whole: parted ones broke signatures at some receivers.
    """
    name, first = "List-Unsubscribe:", f"<{url}>,"
    verb = "unsubscribe%20" if len(mailto) + len(token) <= MAILTO_CHARS_MAX else ""
    fold = "\r\n" if len(f"{name} {first}") > LINE_CHARS else ""
    return f"{name}{fold} {first}\r\n <{mailto}?subject={verb}{token}>\r\n".encode()


def personal_words(
    rendered: Rendered, subscriber: Subscriber, unsubscribe_url: str, preferences_url: str
) -> Personal:
    """What of an edition is this reader's own, in the edition's language."""
    asked = subscriber.asked_at.astimezone(ZoneInfo(subscriber.time_zone)).date()
    say = languages.words(rendered.language)
    return Personal(
        address=plain(subscriber.address),
        asked=say.plain(asked),
        each=say.each_day(subscriber.hour, subscriber.time_zone, subscriber.days),
        unsubscribe=web_address(unsubscribe_url),
        preferences=web_address(preferences_url),
    )


def _stretches(rendered: Rendered, boundary: bytes) -> Iterator[Stretch]:
    """The body: two parts, with a gap wherever a reader's own words go."""
    shared = b"--" + boundary + _part("plain") if rendered.html else b""
    for encoded, pieces in _text_pieces(rendered):
        if pieces:
            yield _stretch(shared + encoded, partial(_own_line, pieces))
            shared = b""
        else:
            shared += encoded
    if not rendered.html:
        yield _stretch(shared, None)
        return
    shared += b"\r\n--" + boundary + _part("html")
    for encoded, name in _html_pieces(rendered):
        if name:
            yield _stretch(shared + encoded, partial(_own_words, name))
            shared = b""
        else:
            shared += encoded
    yield _stretch(shared + b"\r\n--" + boundary + b"--\r\n", None)


def _stretch(raw: bytes, own: Callable[[Personal], bytes] | None) -> Stretch:
    # No blank at the end of a line outlives quoted-printable: runs of them are all there is.
    return Stretch(raw, squeezed(raw), own)


def _own_line(pieces: Pieces, words: Personal) -> bytes:
    return _encoded(personal.fill_line(pieces, words))


def _own_words(name: str, words: Personal) -> bytes:
    return _own(getattr(words, name))


@lru_cache(maxsize=OWN_MAX)
def _own(value: str) -> bytes:
    """One value as it goes between two pieces of HTML; most are what they look like."""
    return f"{value}=\r\n".encode() if _PLAIN.fullmatch(value) else _soft(escape(value))


def _text_pieces(rendered: Rendered) -> Iterator[tuple[bytes, Pieces]]:
    """Runs of lines without tokens, encoded, each with the line that follows and has some."""
    run: list[str] = []
    for line in rendered.text.split("\n"):
        pieces = personal.split(line, rendered.seal)
        if len(pieces) > 1:
            yield _encoded("\n".join([*run, ""])), pieces
            run = [""]
        else:
            run.append(line)
    yield _encoded("\n".join(run)), ()


def _html_pieces(rendered: Rendered) -> Iterator[tuple[bytes, str]]:
    """Stretches between tokens, each ending in a soft line break: there anything can be put in."""
    for words, name in personal.split(rendered.html, rendered.seal):
        yield (_soft(words) if name else _encoded(words)), name


def _soft(words: str) -> bytes:
    return _encoded(words) + b"=\r\n"


def _encoded(text: str) -> bytes:
    """Quoted-printable with CRLF."""
    encoded = b2a_qp(text.encode())
    # A mailbox file would take a line that begins so for the next message, and escape it.
    if b"From " in encoded:
        encoded = re.sub(rb"^From ", b"=46rom =\n", encoded, flags=re.MULTILINE)
    return encoded.replace(b"\n", b"\r\n")


@lru_cache(maxsize=2)
def _part(subtype: str) -> bytes:
    return (
        f'\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def _check(head: bytes) -> None:
    """Read back: printable lines, and the fields are FIELDS in their order."""
    found = _names(head)
    if not _is_in_order(found) or not _is_printable(head):
        names = b", ".join(found).decode()
        raise MessageError(f"the header would be read as {names}: not sent")


@lru_cache(maxsize=64)  # those of text and HTML, with and without one click
def _is_in_order(names: tuple[bytes, ...]) -> bool:
    found = [each.decode() for each in names]
    return found == [each for each in FIELDS if each in found] and REQUIRED.issubset(found)


def _is_printable(head: bytes) -> bool:
    """Whether nothing but CRLF can be taken for the end of a line."""
    return not head.replace(b"\r\n", b"").translate(None, _PRINTABLE)


def _names(head: bytes) -> tuple[bytes, ...]:
    """What stands before the first colon of each line that begins a field."""
    return tuple(
        [line.partition(b":")[0] for line in head.split(b"\r\n") if line and line[0] != _BLANK]
    )


def _prove(made: Envelope) -> None:
    """Read a specimen back with both of Python's parsers: same fields, same words, no defect.

    What differs in other readers' messages was matched against LOCAL, URL and _MESSAGE_ID, so
    that for them `_check` is enough: a fiftieth of the work.
    """
    url = "https://mail.example/u/0"
    raw = made.message(
        SPECIMEN, date=SPECIMEN.asked_at, unsubscribe_url=url, message_id="<0@mail.example>"
    )
    words = personal_words(made.rendered, SPECIMEN, url, url)
    has_html = bool(made.rendered.html)
    meant = [
        shorten(made.rendered.subject, SUBJECT_CHARS_MAX),
        personal.fill_text(made.rendered.text, made.rendered.seal, words),
        *([personal.fill_html(made.rendered.html, made.rendered.seal, words)] * has_html),
    ]
    names = [*_names(raw.partition(b"\r\n\r\n")[0])]
    old = message_from_bytes(raw, policy=policy.compat32)
    new = BytesHeaderParser(policy=policy.default).parsebytes(raw)  # bodies are read alike by both
    parts = [_content(each) for each in old.walk() if not each.is_multipart()]
    subjects = (str(make_header(decode_header(old["Subject"]))), str(new["Subject"]))
    if (
        any([subject, *parts] != meant for subject in subjects)
        or any([*map(str.encode, read.keys())] != names for read in (old, new))
        or _defects(old)
        or _defects(new)
    ):
        raise MessageError(f"the edition {meant[0]!r} is not read as it was written: not sent")


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


def _defects(read: Message) -> list[object]:
    return [
        *(defect for part in read.walk() for defect in part.defects),
        *(defect for field in read.values() for defect in getattr(field, "defects", ())),
    ]
