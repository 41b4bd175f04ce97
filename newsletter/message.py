"""An edition's words and one subscriber in, the bytes of one message out. Pure.

What all readers share is encoded once, in an Envelope; a message is that, with one reader's words
put between. Every message's header is read back before it leaves: no text becomes a header field.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from binascii import b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.header import Header, decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr, quote
from functools import lru_cache
from html import escape
from urllib.parse import quote as percent
from zoneinfo import ZoneInfo

import idna

from articles.errors import NewsdeskError
from newsletter import languages, personal
from newsletter.model import Newsletter, Rendered, Subscriber
from newsletter.personal import Personal
from newsletter.text import plain, shorten
from newsletter.view import SUBJECT_CHARS_MAX

#: RFC 5322, 2.1.1: no line is longer, in octets and without its CRLF.
LINE_BYTES_MAX = 998

#: RFC 5321, 4.5.3.1: what a path may have.
ADDRESS_CHARS_MAX = 254

#: 128 bits of HMAC: nobody meets another's Message-ID, nobody computes one.
MESSAGE_ID_HEX = 32

#: Editions whose encoded words are kept; a sending works on few at a time.
ENVELOPES_MAX = 32

#: RFC 5322's dot-atom, without the quoted forms that no mailbox in use needs.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_URL = re.compile(r"https?://[!#$%&'()*+./0-9:;=?@A-Z\[\]_a-z~-]+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+>")

#: The header, in its order. RFC 8058: one click takes both List-Unsubscribe fields.
FIELDS = (
    *("Date", "From", "To", "Reply-To", "Subject", "Message-ID", "MIME-Version", "List-Id"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "Feedback-ID"),
    *("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "Content-Language"),
    "Content-Type",
)
REQUIRED = frozenset(FIELDS) - {"List-Unsubscribe-Post", "List-Archive"}

#: For whom every edition is written once, to see whether it can be read.
SPECIMEN = Subscriber(
    id=0,
    key="0" * 32,
    address="reader@mail.example",
    asked_at=datetime(2026, 1, 1, tzinfo=UTC),
)

_READERS = (BytesHeaderParser(policy=policy.compat32), BytesHeaderParser(policy=policy.default))


class MessageError(NewsdeskError):
    """No message can be made, or it would not say what it should; nothing is sent."""


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
    return envelope(rendered, newsletter, day).message(
        subscriber,
        date=date,
        unsubscribe_url=unsubscribe_url,
        message_id=message_id,
        preferences_url=preferences_url,
    )


def message_id(newsletter: Newsletter, day: date, subscriber: Subscriber, *, secret: str) -> str:
    """The Message-ID of this reader's edition of `day`: always the same one."""
    said = "\0".join(("message-id", newsletter.name, newsletter.sender, f"{day}", subscriber.key))
    mark = hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()[:MESSAGE_ID_HEX]
    return f"<{day:%Y%m%d}.{mark}@{ascii_domain(newsletter.domain)}>"


def ascii_address(address: str) -> str:
    """An address as SMTP and the To field need it: domain in punycode, nothing to be misread.

    Raises:
        MessageError: no address, or one whose local part only SMTPUTF8 could carry.
    """
    local, at, domain = address.strip().rpartition("@")
    if not local.isascii():
        raise MessageError(
            f"{local!r} before the @ is not ASCII: few mail servers take such an address"
            " (SMTPUTF8); ask for another one"
        )
    if not at or not _LOCAL.fullmatch(local) or len(address) > ADDRESS_CHARS_MAX:
        raise MessageError(f"not an e-mail address: {plain(address)[:ADDRESS_CHARS_MAX]!r}")
    return f"{local}@{ascii_domain(domain)}"


@lru_cache(maxsize=4096)
def ascii_domain(domain: str) -> str:
    """A domain in lower-case ASCII (IDNA 2008).

    Raises:
        MessageError: not a domain.
    """
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise MessageError(f"not a domain: {plain(domain)!r} ({error})") from error


@lru_cache(maxsize=ENVELOPES_MAX)
def envelope(rendered: Rendered, newsletter: Newsletter, day: date) -> Envelope:
    """All that the readers of an edition share, encoded, and proven by reading a specimen back.

    Raises:
        MessageError: the specimen reads otherwise than it was meant.
    """
    made = Envelope.of(rendered, newsletter, day)
    _prove(made)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message with gaps. Header lines and body pieces are ready for the wire."""

    rendered: Rendered
    sender: bytes  # the From field, as the following ones: whole lines
    about: bytes  # Reply-To, Subject
    list_id: bytes  # MIME-Version, List-Id
    rest: bytes  # from List-Archive to Content-Type
    mailbox: str  # where a mailed "unsubscribe" goes
    boundary: bytes
    text: tuple[tuple[bytes, str], ...]  # encoded lines, then a line with tokens, in words
    html: tuple[tuple[bytes, str], ...]  # encoded HTML, then the name of a token

    @classmethod
    def of(cls, rendered: Rendered, newsletter: Newsletter, day: date) -> Envelope:
        name, address = parseaddr(newsletter.sender)
        sender, domain = ascii_address(address), ascii_domain(newsletter.domain)
        reply_to = parseaddr(newsletter.reply_to or newsletter.sender)
        whole = hashlib.sha256("\0".join((rendered.seal, rendered.html, rendered.text)).encode())
        # "=_" cannot occur in quoted-printable (RFC 2045, 6.7).
        boundary = f"=_{whole.hexdigest()[:24]}"
        archive = newsletter.archive_url
        rest = (
            *([("List-Archive", f"<{_url(archive)}>")] if archive else ()),
            ("Feedback-ID", f"{day}:{rendered.language}:digest:{domain}"),
            ("Auto-Submitted", "auto-generated"),
            ("Precedence", "bulk"),
            ("X-Auto-Response-Suppress", "All"),
            ("Content-Language", rendered.language),
            ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        )
        return cls(
            rendered=rendered,
            sender=_field("From", _mailbox(name or newsletter.name, sender)),
            about=_field("Reply-To", _mailbox(reply_to[0], ascii_address(reply_to[1])))
            + _field("Subject", _words("Subject", shorten(rendered.subject, SUBJECT_CHARS_MAX))),
            list_id=_field("MIME-Version", "1.0")
            + _field("List-Id", f"{_phrase(newsletter.name)} <digest.{domain}>"),
            rest=b"".join(_field(*each) for each in rest),
            mailbox=ascii_address(reply_to[1]),
            boundary=boundary.encode(),
            text=tuple(_text_pieces(rendered)),
            html=tuple(_html_pieces(rendered)),
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
        words = personal_words(
            self.rendered, subscriber, unsubscribe_url, preferences_url or unsubscribe_url
        )
        head = self._head(ascii_address(subscriber.address), date, unsubscribe_url, message_id)
        _check(head)
        return head + b"\r\n" + self._body(words)

    def _head(self, to: str, date: datetime, unsubscribe_url: str, message_id: str) -> bytes:
        """The fields in their order; RFC 8058 wants https for one click."""
        if not _MESSAGE_ID.fullmatch(message_id):
            raise MessageError(f"not a Message-ID: {plain(message_id)!r}")
        url = _url(unsubscribe_url)
        token = url.rstrip("/").rpartition("/")[2]
        mailto = f"mailto:{percent(self.mailbox, safe='@+')}?subject=unsubscribe%20{token}"
        one_click = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        return b"".join(
            (
                f"Date: {format_datetime(date)}\r\n".encode(),
                self.sender,
                f"To: {to}\r\n".encode(),
                self.about,
                f"Message-ID: {message_id}\r\n".encode(),
                self.list_id,
                f"List-Unsubscribe: <{url}>,\r\n <{mailto}>\r\n".encode(),
                one_click if url.startswith("https:") else b"",
                self.rest,
            )
        )

    def _body(self, words: Personal) -> bytes:
        seal = self.rendered.seal
        pieces = [b"--", self.boundary, _part("plain")]
        for encoded, line in self.text:
            pieces += (encoded, _encoded(personal.fill_line(line, seal, words)) if line else b"")
        pieces += (b"\r\n--", self.boundary, _part("html"))
        for encoded, name in self.html:
            pieces += (encoded, _soft(escape(getattr(words, name))) if name else b"")
        pieces += (b"\r\n--", self.boundary, b"--\r\n")
        return b"".join(pieces)


def personal_words(
    rendered: Rendered, subscriber: Subscriber, unsubscribe_url: str, preferences_url: str
) -> Personal:
    """What of an edition is this reader's own, in the edition's language."""
    asked = subscriber.asked_at.astimezone(ZoneInfo(subscriber.time_zone)).date()
    say = languages.words(rendered.language)
    return Personal(
        address=plain(subscriber.address),
        asked=say.plain(asked),
        each=say.each_day(subscriber.hour, subscriber.time_zone),
        unsubscribe=_url(unsubscribe_url),
        preferences=_url(preferences_url),
    )


def _text_pieces(rendered: Rendered) -> Iterator[tuple[bytes, str]]:
    """Runs of lines without tokens, encoded, each with the line that follows and has some."""
    run: list[str] = []
    for line in rendered.text.split("\n"):
        if f"newsdesk-{rendered.seal}-" in line:
            yield _encoded("\n".join([*run, ""])), line
            run = [""]
        else:
            run.append(line)
    yield _encoded("\n".join(run)), ""


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
    encoded = re.sub(rb"^From ", b"=46rom =\n", encoded, flags=re.MULTILINE)
    return encoded.replace(b"\n", b"\r\n")


@lru_cache(maxsize=2)
def _part(subtype: str) -> bytes:
    return (
        f'\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def _field(name: str, value: str) -> bytes:
    line = f"{name}: {value}\r\n".encode("ascii")
    assert max(map(len, line.split(b"\r\n"))) <= LINE_BYTES_MAX, name
    return line


def _mailbox(name: str, address: str) -> str:
    return f"{_phrase(name)} <{address}>" if plain(name) else address


def _phrase(name: str) -> str:
    """A display name: as it is, quoted, or in encoded words."""
    name = shorten(name, SUBJECT_CHARS_MAX)
    if not name.isascii() or "=?" in name:
        return Header(name, "utf-8", maxlinelen=60).encode(linesep="\r\n")
    return name if re.fullmatch(r"[A-Za-z0-9 '-]+", name) else f'"{quote(name)}"'


def _words(field: str, text: str) -> str:
    """Text of a field in lines of 78; RFC 2047 where it is not ASCII, or looks as if encoded.

    Left as it is, `=?utf-8?q?=0D=0ABcc:_x?=` in a headline becomes a Bcc field in readers that
    decode before they part the fields; Python's EmailMessage is one.
    """
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=field, maxlinelen=76).encode(linesep="\r\n")


def _url(url: str) -> str:
    if not _URL.fullmatch(url) or len(url) > LINE_BYTES_MAX - 100:
        raise MessageError(f"not an address that can stand in a header: {plain(url)[:200]!r}")
    return url


def _check(head: bytes) -> None:
    """Read back: the fields are FIELDS in their order, for yesterday's parser and for today's."""
    for reader in _READERS:
        found = reader.parsebytes(head).keys()
        if found != [name for name in FIELDS if name in found] or not set(found) >= REQUIRED:
            raise MessageError(f"the header would be read as {', '.join(found)}: not sent")


def _prove(made: Envelope) -> None:
    """Read a whole specimen back with both of Python's parsers: same subject, same words."""
    raw = made.message(
        SPECIMEN,
        date=SPECIMEN.asked_at,
        unsubscribe_url="https://mail.example/u/0",
        message_id="<0@mail.example>",
    )
    words = personal_words(made.rendered, SPECIMEN, *["https://mail.example/u/0"] * 2)
    seal = made.rendered.seal
    meant = [
        shorten(made.rendered.subject, SUBJECT_CHARS_MAX),
        personal.fill_text(made.rendered.text, seal, words),
        personal.fill_html(made.rendered.html, seal, words),
    ]
    for rules in (policy.compat32, policy.default):
        read = message_from_bytes(raw, policy=rules)
        parts = [each for each in read.walk() if not each.is_multipart()]
        subject = str(make_header(decode_header(str(read["Subject"]))))
        if [subject, *(_content(each) for each in parts)] != meant or _defects(read):
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
