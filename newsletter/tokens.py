"""A subscriber's key and a purpose in, a signed token for a web address out; and back. Pure.

A token says which subscriber, signed for one purpose: the token of an unsubscribe link changes no
preferences. It never expires, for people find old digests; a new secret takes over while the old
ones are still accepted.

It has 24 characters, so that List-Unsubscribe fits a line of 78 (RFC 5322, 2.1.1), also with a long
host: the first half of the key, which finds the subscriber, and a signature over it and the purpose
(HMAC-SHA-256, RFC 2104).
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache

from newsletter.model import Newsletter, Subscriber

UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"
CONFIRM = "confirm"

#: So much of a key finds it: of a million random ones, two share these 64 bits once in 10^7 lists.
HANDLE_BYTES = 8

#: 80 bits, the least RFC 2104 advises (5.): a guess a millisecond would take 10^13 years.
SIGNATURE_BYTES = 10

#: Secrets that are in use at once, for each purpose; a desk has one or two.
SECRETS_MAX = 64

_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")


class TokenError(ValueError):
    """Not a token of ours for this purpose: mangled on its way, guessed, or of a dropped secret."""


def token(secrets: Sequence[str], key: str, purpose: str) -> str:
    """A token for the subscriber with this key, signed with the first of the secrets."""
    assert not isinstance(secrets, str)  # its letters would be taken for secrets
    handle = bytes.fromhex(key)[:HANDLE_BYTES]
    return urlsafe_b64encode(handle + _signature(secrets[0], handle, purpose)).decode()


def subscriber_of(secrets: Sequence[str], token: str, purpose: str) -> str:
    """The beginning of the key of the subscriber a token was made for: see `handle`.

    Raises:
        TokenError: it was not made for this purpose with one of these secrets.
    """
    assert not isinstance(secrets, str)
    if not _TOKEN.fullmatch(token):
        raise TokenError("this link is not complete, or is not one of ours")
    raw = urlsafe_b64decode(token)
    handle, signature = raw[:HANDLE_BYTES], raw[HANDLE_BYTES:]
    if not any(
        hmac.compare_digest(signature, _signature(each, handle, purpose)) for each in secrets
    ):
        raise TokenError("this link is not one of ours")
    return handle.hex()


def handle(key: str) -> str:
    """What of a key stands in its tokens."""
    return key[: 2 * HANDLE_BYTES]


def unsubscribe_url(newsletter: Newsletter, secrets: Sequence[str], subscriber: Subscriber) -> str:
    """The address behind "unsubscribe", and of RFC 8058's one click."""
    return f"{newsletter.mail_url}u/{token(secrets, subscriber.key, UNSUBSCRIBE)}"


def preferences_url(newsletter: Newsletter, secrets: Sequence[str], subscriber: Subscriber) -> str:
    """The address of the page on which a subscriber chooses regions, hour and language."""
    return f"{newsletter.mail_url}p/{token(secrets, subscriber.key, PREFERENCES)}"


def _signature(secret: str, handle: bytes, purpose: str) -> bytes:
    return hmac.digest(_key(secret, purpose), handle, "sha256")[:SIGNATURE_BYTES]


@lru_cache(maxsize=SECRETS_MAX)
def _key(secret: str, purpose: str) -> bytes:
    """A key for each purpose, so that no token of one is a token of another."""
    return hmac.digest(secret.encode(), f"newsdesk.{purpose}".encode(), "sha256")
