"""The bytes of one received message in, what it says about one of ours out. Pure.

Delivery reports are read by RFC 3464 and RFC 3463, complaints by RFC 5965. What older servers write
instead of a report is flufl.bounce's to know: it holds some twenty of their formats.

Nothing here is believed yet. Whoever can write to the mailbox can write a report, so that a Report
counts only when one of its addresses carries our signature (newsletter/verp.py), and a wish to
leave only with a token or Message-ID of ours (newsletter/inbound/handling.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Literal

from flufl.bounce import all_failures

from newsletter.transport.protocol import cleaned

Kind = Literal["failed", "delayed", "complaint", "unsubscribe", "stop", "automatic", "other"]

#: A report repeats the message it is about, ours of 100 kB; more is somebody's attachment, and the
#: report stands before it.
MESSAGE_BYTES_MAX = 1024 * 1024

#: Reports have three parts; a thousand nested ones are an attack.
PARTS_MAX = 50

#: Addresses looked at for our signature; a real report has about four.
ADDRESSES_MAX = 50

#: Message-IDs in References; threads longer than this name ours in In-Reply-To.
REFERENCES_MAX = 50

#: Characters of a reply that are searched for a wish.
REPLY_HEAD_CHARS = 4000

#: RFC 3463 codes of class 5 that say nothing lasting about the address: a full mailbox, a message
#: too large, a system out of order, a loop, a distrusted sender, a policy.
PASSING = re.compile(r"5\.(1\.[78]|2\.[23]|3\.\d+|4\.[0-35-9]|5\.\d+|6\.\d+|7\.\d+)")

#: The whole first line of a reply, in the languages of the digest, that asks to be let go.
#: The whole line: "Stop the war" is an opinion.
STOP = frozenset(
    {
        *("stop", "unsubscribe", "unsubscribe me", "please unsubscribe", "please unsubscribe me"),
        *("cancel", "remove", "remove me", "please stop"),
        *("désabonner", "désabonnement", "me désabonner", "arrêter", "arrêt"),
        *("abmelden", "abbestellen", "bitte abmelden", "stopp"),
        *("baja", "darme de baja", "cancelar suscripción", "cancelar", "detener"),
        *("إلغاء الاشتراك", "إلغاء", "توقف", "أوقف"),
    }
)

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_BASIC = re.compile(r"\b([245])\d\d\b")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")

#: The verb is left out where the line of the header would be too long with it.
_UNSUBSCRIBE = re.compile(r"\s*(?:unsubscribe\s+)?([A-Za-z0-9_-]{24})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a received message says, as far as it can be understood."""

    kind: Kind
    lasting: bool = False  # a failure that tomorrow's message would meet as well
    status: str = ""  # RFC 3463: "5.1.1"
    reply: str = ""  # the server's words, or the complaint's type
    addresses: tuple[str, ...] = ()  # to whom it was sent: one of them may carry our signature
    about: tuple[str, ...] = ()  # Message-IDs of what it answers
    token: str = ""  # of a mailed unsubscribe link


def read(raw: bytes, envelope: tuple[str, ...] = ()) -> Report:
    """Understand one message; `envelope` are its RCPT TO addresses where the mailbox knew them.

    Never raises: what cannot be parsed is "other".
    """
    try:
        message = message_from_bytes(raw[:MESSAGE_BYTES_MAX])
        return _read(message, envelope)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        # The e-mail package raises all of these, on header fields made to that end.
        return Report(kind="other", reply="cannot be read as a message")


def _read(message: Message, envelope: tuple[str, ...]) -> Report:
    parts = list(_parts(message))
    status = _first(parts, "message/delivery-status")
    complaint = _first(parts, "message/feedback-report") or _first(parts, "text/feedback-report")
    addresses = tuple(_addresses(message, complaint, parts, envelope))
    about = tuple(_message_ids(message, parts))
    if complaint is not None:
        fields = _fields(complaint)
        said = _text(fields, "Feedback-Type") if fields else ""
        # RFC 5965, 7.3: "not-spam" takes one back, and no other type says more than "abuse" does.
        kind: Kind = "automatic" if said.lower() == "not-spam" else "complaint"
        return Report(kind=kind, reply=cleaned(said), addresses=addresses, about=about)
    if status is not None:
        return _delivery_report(status, addresses, about)
    if token := _UNSUBSCRIBE.fullmatch(_subject(message)):
        return Report(kind="unsubscribe", token=token[1], addresses=addresses, about=about)
    if temporary_and_failed := _old_failure(message):
        return Report(
            kind="failed" if temporary_and_failed[1] else "delayed",
            lasting=bool(temporary_and_failed[1]) and _is_lasting(_old_status(message)),
            status=_old_status(message),
            reply=cleaned(_subject(message)),
            addresses=addresses,
            about=about,
        )
    if _is_automatic(message):
        return Report(kind="automatic", addresses=addresses, about=about)
    kind = "stop" if _asks_to_stop(message, parts) else "other"
    return Report(kind=kind, addresses=addresses, about=about)


def _delivery_report(part: Message, addresses: tuple[str, ...], about: tuple[str, ...]) -> Report:
    """RFC 3464, 2.3: a block of fields for each recipient; ours has one recipient."""
    blocks = [each for each in _payload(part) if each["Action"] is not None]
    failed = [each for each in blocks if _text(each, "Action").lower().startswith(("fail", "err"))]
    delayed = [each for each in blocks if _text(each, "Action").lower().startswith("delay")]
    if not (failed or delayed):
        return Report(kind="automatic", addresses=addresses, about=about)  # delivered, relayed
    block = (failed or delayed)[0]
    reply = _text(block, "Diagnostic-Code")
    status = _status(_text(block, "Status"), reply)
    return Report(
        kind="failed" if failed else "delayed",
        lasting=bool(failed) and _is_lasting(status),
        status=status,
        reply=cleaned(reply.partition(";")[2] or reply),
        addresses=addresses,
        about=about,
    )


def _status(stated: str, reply: str) -> str:
    """The enhanced code; many servers state 5.0.0 and say the real one in the reply."""
    said = _ENHANCED.search(stated)
    better = _ENHANCED.search(reply)
    if said and not (said[1].endswith(".0.0") and better):
        return said[1]
    if better:
        return better[1]
    basic = _BASIC.search(reply)
    return f"{basic[1]}.0.0" if basic else "5.0.0"


def _is_lasting(status: str) -> bool:
    return status.startswith("5") and not PASSING.fullmatch(status)


def _old_failure(message: Message) -> tuple[bool, bool] | None:
    """Whether flufl.bounce finds a passing and a final failure; None where it finds neither."""
    temporary, permanent = all_failures(message)
    return (bool(temporary), bool(permanent)) if temporary or permanent else None


def _old_status(message: Message) -> str:
    return _status("", _plain_text(list(_parts(message)))[:REPLY_HEAD_CHARS])


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number == PARTS_MAX:
            return
        yield part


def _first(parts: list[Message], content_type: str) -> Message | None:
    return next((each for each in parts if each.get_content_type() == content_type), None)


def _payload(part: Message) -> list[Message]:
    """The blocks of fields of a part whose type is message/..."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [each for each in payload[:PARTS_MAX] if isinstance(each, Message)]
    fields = _fields(part)
    return [fields] if fields else []


def _fields(part: Message) -> Message | None:
    """A part that is itself a block of fields, whether or not the parser took it apart."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Message) else None
    decoded = part.get_payload(decode=True)
    return message_from_bytes(decoded) if isinstance(decoded, bytes) else None


def _originals(parts: list[Message]) -> Iterator[Message]:
    """What is quoted of the message that came back: the whole of it, or its header."""
    for part in parts[1:]:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            fields = _fields(part)
            if fields is not None:
                yield fields


def _addresses(
    message: Message, complaint: Message | None, parts: list[Message], envelope: tuple[str, ...]
) -> Iterator[str]:
    """Where the message went, by those who carried it; and where the original came from."""
    named = [*envelope]
    for field in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        named += map(str, message.get_all(field, []))
    fields = _fields(complaint) if complaint is not None else None
    if fields is not None:  # RFC 5965, 3.2: the sender whom the complained-of message had
        named += map(str, fields.get_all("Original-Mail-From", []))
    for original in _originals(parts):
        named += map(str, original.get_all("Return-Path", []))
    for _name, address in getaddresses(named[:ADDRESSES_MAX])[:ADDRESSES_MAX]:
        if "@" in address:
            yield address


def _message_ids(message: Message, parts: list[Message]) -> Iterator[str]:
    for field in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(_text(message, field))[-REFERENCES_MAX:]
    for original in _originals(parts):
        yield from _MESSAGE_ID.findall(_text(original, "Message-ID"))[:1]


def _asks_to_stop(message: Message, parts: list[Message]) -> bool:
    """Whether the first line a person wrote, or the subject, is a wish to stop and no more."""
    lines = _plain_text(parts)[:REPLY_HEAD_CHARS].splitlines()
    written = next((line for line in lines if line.strip() and not line.startswith(">")), "")
    return any(_is_stop(line) for line in (written, _subject(message)))


def _is_stop(line: str) -> bool:
    return line.strip(" \t.!?;,'\"«»“”").casefold() in STOP


def _plain_text(parts: list[Message]) -> str:
    part = _first(parts, "text/plain")
    decoded = part.get_payload(decode=True) if part is not None else None
    return decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else ""


def _is_automatic(message: Message) -> bool:
    """A machine answered, as far as it says so (RFC 3834, 5): out of office, a list, a filter."""
    submitted = _text(message, "Auto-Submitted").lower() or "no"
    precedence = _text(message, "Precedence").lower()
    return not submitted.startswith("no") or precedence in ("bulk", "junk", "list", "auto_reply")


def _subject(message: Message) -> str:
    try:
        return str(make_header(decode_header(_text(message, "Subject"))))
    except (ValueError, LookupError):
        return _text(message, "Subject")


def _text(message: Message, field: str) -> str:
    return " ".join(str(message.get(field, "")).split())
