"""A return address with a subscriber and a day in it, signed; and back. Pure.

    bounces+KEYDAYSIGNATURE@example.org

Variable envelope return paths (VERP): whatever a server makes of a bounce, it sends it to an
address that says whose message came back, of which day. Signed, since anybody can write to it.
The token is in base32, for some servers change the case of what stands before the @.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from articles.errors import NewsdeskError

#: 96 bits, as in newsletter/tokens.py.
SIGNATURE_BYTES = 12

#: RFC 5321, 4.5.3.1.1: what stands before the @. The token takes 48 of it, the + one.
LOCAL_PART_MAX = 64
MAILBOX_LOCAL_MAX = LOCAL_PART_MAX - 49

_KEY_BYTES = 16
_DAY_BYTES = 2
_FIRST_DAY = date(2020, 1, 1)


class ReturnPathError(NewsdeskError):
    """The mailbox for bounces cannot carry a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Whose message came back."""

    key: str  # Subscriber.key
    day: date  # of the edition


def address(mailbox: str, secrets: Sequence[str], key: str, day: date) -> str:
    """The return address for one subscriber's edition of `day`: MAIL FROM, RFC 5321, 3.3.

    `mailbox` is where bounces are collected: `bounces@example.org`.

    Raises:
        ReturnPathError: the mailbox's name is too long for a token after it.
    """
    local, _, domain = mailbox.rpartition("@")
    if not local or len(local) > MAILBOX_LOCAL_MAX:
        raise ReturnPathError(
            f"{mailbox!r} cannot collect bounces: what stands before the @ may have"
            f" {MAILBOX_LOCAL_MAX} characters, for a token of 48 follows it"
        )
    said = bytes.fromhex(key) + (day - _FIRST_DAY).days.to_bytes(_DAY_BYTES, "big")
    token = b32encode(said + _signature(secrets[0], said)).decode().lower()
    return f"{local}+{token}@{domain}"


def returned(secrets: Sequence[str], address: str) -> Returned | None:
    """Whose message an address of ours was made for; None where it is none of ours."""
    token = address.rpartition("@")[0].rpartition("+")[2]
    try:
        raw = b32decode(token, casefold=True)
    except (Error, ValueError):
        return None
    said, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if len(said) != _KEY_BYTES + _DAY_BYTES:
        return None
    if not any(hmac.compare_digest(signature, _signature(each, said)) for each in secrets):
        return None
    day = _FIRST_DAY + timedelta(days=int.from_bytes(said[_KEY_BYTES:], "big"))
    return Returned(key=said[:_KEY_BYTES].hex(), day=day)


def _signature(secret: str, said: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"newsdesk.returned\0" + said, hashlib.sha256)[
        :SIGNATURE_BYTES
    ]
