"""A subscriber's key and a purpose in, a signed token for a web address out; and back. Pure.

A token says which subscriber, signed for one purpose: the token of an unsubscribe link changes no
preferences. It never expires, for people find old digests; a new secret takes over while the old
ones are still accepted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from itsdangerous import BadData, HMACAlgorithm, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from newsletter.model import Newsletter, Subscriber

UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"
CONFIRM = "confirm"

#: 96 bits, as IPsec cuts its HMACs (RFC 2404). With 16 bytes of key the token has 39 characters,
#: and List-Unsubscribe fits a line of 78: a folded address broke signatures at some receivers.
SIGNATURE_BYTES = 12

_KEY_BYTES = 16


class TokenError(ValueError):
    """Not a token of ours for this purpose: mangled on its way, guessed, or of a dropped secret."""


def token(secrets: Sequence[str], key: str, purpose: str) -> str:
    """A token for the subscriber with this key, signed with the first of the secrets."""
    return _signer(secrets, purpose).sign(base64_encode(bytes.fromhex(key))).decode()


def subscriber_of(secrets: Sequence[str], token: str, purpose: str) -> str:
    """The key of the subscriber a token was made for.

    Raises:
        TokenError: it was not made for this purpose with one of these secrets.
    """
    try:
        raw = base64_decode(_signer(secrets, purpose).unsign(token))
    except (BadData, UnicodeError) as error:
        raise TokenError("this link is not complete, or is not one of ours") from error
    if len(raw) != _KEY_BYTES:
        raise TokenError("this link is not one of ours")
    return raw.hex()


def unsubscribe_url(newsletter: Newsletter, secrets: Sequence[str], subscriber: Subscriber) -> str:
    """The address behind "unsubscribe", and of RFC 8058's one click."""
    return f"{newsletter.mail_url}u/{token(secrets, subscriber.key, UNSUBSCRIBE)}"


def preferences_url(newsletter: Newsletter, secrets: Sequence[str], subscriber: Subscriber) -> str:
    """The address of the page on which a subscriber chooses regions, hour and language."""
    return f"{newsletter.mail_url}p/{token(secrets, subscriber.key, PREFERENCES)}"


class _Short(HMACAlgorithm):
    def __init__(self) -> None:
        super().__init__(hashlib.sha256)

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:SIGNATURE_BYTES]


def _signer(secrets: Sequence[str], purpose: str) -> Signer:
    assert not isinstance(secrets, str)  # its letters would be taken for secrets
    assert secrets
    return Signer(
        [secret.encode() for secret in reversed(secrets)],  # itsdangerous signs with the last
        salt=f"newsdesk.{purpose}".encode(),
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=_Short(),
    )
