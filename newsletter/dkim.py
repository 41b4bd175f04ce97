"""A message in, its DKIM-Signature fields out: RSA and Ed25519, relaxed/relaxed. Pure.

Signing is done in two steps, so that the slow one can be done elsewhere (newsletter/signers.py):
what has to be signed is a SHA-256 of 32 bytes for each key, a `Signing`; the signatures of those
make the fields. RFC 6376 says how, RFC 8463 for Ed25519. No `l=` (anybody could append), no `x=`
(old mail stays verifiable), no `t=`: the same message has the same signature on every attempt.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from articles.errors import NewsdeskError

#: RFC 8301 asks for 1024 at least; 2048 is what every receiver takes, and fits a DNS answer.
RSA_BITS = 2048

#: Listed once more than they occur, so that adding another one breaks the signature.
OVERSIGNED = ("From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post")

#: A TXT record is made of strings no longer than this (RFC 1035, 3.3.14).
TXT_CHARS_MAX = 255

#: Characters of a base64 value in one line of the header.
LINE_CHARS = 72

SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class DkimError(NewsdeskError):
    """A key or a selector that cannot sign; the message names it."""


@dataclass(frozen=True)
class Key:
    """A private key, and the name it is published under."""

    selector: str
    domain: str
    pem: bytes  # unencrypted PKCS#8

    def __post_init__(self) -> None:
        if not SELECTOR.fullmatch(self.selector):
            raise DkimError(f"{self.selector!r} is no selector: lower-case letters, digits and -")
        self._private  # noqa: B018  a key that cannot be read is found out now

    def __repr__(self) -> str:  # a key is never in a log
        return f"Key({self.selector}._domainkey.{self.domain})"

    @cached_property
    def _private(self) -> RSAPrivateKey | Ed25519PrivateKey:
        try:
            private = serialization.load_pem_private_key(self.pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise DkimError(f"the DKIM key {self.selector}: {error}") from None
        if isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
            return private
        raise DkimError(f"the DKIM key {self.selector} is neither RSA nor Ed25519")

    @property
    def algorithm(self) -> str:
        """As `a=` and `k=` name it: rsa or ed25519."""
        return "rsa" if isinstance(self._private, RSAPrivateKey) else "ed25519"

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256."""
        if isinstance(self._private, RSAPrivateKey):
            return self._private.sign(digest, _PADDING, _SHA256)
        return self._private.sign(digest)  # RFC 8463, 3: PureEdDSA over the hash

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What has to be in the DNS under `record_name`."""
        public = self._private.public_key()
        if self.algorithm == "rsa":
            raw = public.public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        else:  # RFC 8463, 4: the bare 32 bytes
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k={self.algorithm}; p={base64.b64encode(raw).decode()}"


@dataclass(frozen=True, slots=True)
class Signing:
    """A message that waits for its signatures."""

    fields: tuple[bytes, ...]  # each DKIM-Signature up to its b=
    digests: tuple[bytes, ...]  # what each key has to sign
    message: tuple[bytes, ...]  # in pieces, most of them shared with others

    def signed(self, signatures: Iterable[bytes]) -> tuple[bytes, ...]:
        """The message with its signatures on top."""
        head, *rest = self.message
        pieces = []
        for field, signature in zip(self.fields, signatures, strict=True):
            pieces += [field, _folded(base64.b64encode(signature)), b"\r\n"]
        return (b"".join((*pieces, head)), *rest)


class Signer:
    """Prepares messages for some keys. One instance serves many messages."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = tuple(keys)
        self._shapes: dict[bytes, tuple[tuple[bytes, bytes], ...]] = {}

    def prepare(self, head: bytes, body: Iterable[bytes], body_hash: bytes) -> Signing:
        """What has to be signed of a message: its header, and the SHA-256 of its relaxed body."""
        names, lines = relaxed_header(head)
        encoded = base64.b64encode(body_hash)
        header = hashlib.sha256(lines)
        fields, digests = [], []
        for field, canonical in self._shape(names):
            fields.append(field.replace(b"\0", encoded))
            digest = header.copy()
            digest.update(canonical.replace(b"\0", encoded))
            digests.append(digest.digest())
        return Signing(tuple(fields), tuple(digests), (head + b"\r\n", *body))

    def sign(self, message: bytes) -> bytes:
        """Any message of ours, CRLF, with a signature of each key on top."""
        head, _, body = message.partition(b"\r\n\r\n")
        ready = self.prepare(head + b"\r\n", (body,), hashlib.sha256(relaxed_body(body)).digest())
        return b"".join(
            ready.signed(
                key.sign(digest) for key, digest in zip(self.keys, ready.digests, strict=True)
            )
        )

    def _shape(self, names: bytes) -> tuple[tuple[bytes, bytes], ...]:
        """The field of each key for a header with these names, and its canonical form.

        A NUL stands where the body's hash goes.
        """
        if names not in self._shapes:
            over = [name for name in OVERSIGNED if name.lower().encode() in names.split(b":")]
            listed = _folded_names([*names.decode().split(":"), *(each.lower() for each in over)])
            shapes = []
            for key in self.keys:
                field = (
                    f"DKIM-Signature: v=1; a={key.algorithm}-sha256; c=relaxed/relaxed;\r\n"
                    f" d={key.domain}; s={key.selector};\r\n h={listed};\r\n bh=\0;\r\n b="
                ).encode()
                canonical = relaxed_header(field + b"\r\n")[1].removesuffix(b"\r\n")
                shapes.append((field, canonical))
            self._shapes[names] = tuple(shapes)
        return self._shapes[names]


def relaxed_header(head: bytes) -> tuple[bytes, bytes]:
    """The names of a header's fields, parted by colons, and its canonical lines (6376, 3.4.2)."""
    names, lines = [], []
    for line in head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n"):
        if line:
            name, _, value = line.partition(b":")
            name = name.rstrip().lower()
            names.append(name)
            lines.append(b"%b:%b\r\n" % (name, b" ".join(value.split())))
    return b":".join(names), b"".join(lines)


def relaxed_body(body: bytes) -> bytes:
    """A body in canonical form (6376, 3.4.4)."""
    body = re.sub(rb"[ \t]+(?=\r\n)", b"", squeezed(body)).rstrip(b"\r\n")
    return body + b"\r\n" if body else b""


def squeezed(part: bytes) -> bytes:
    """Runs of blanks as one; the same object where there are none."""
    if b"  " in part or b"\t" in part:
        return re.sub(rb"[ \t]+", b" ", part)
    return part


def generated(selector: str, domain: str, algorithm: str) -> Key:
    """A new key; `algorithm` is rsa or ed25519."""
    private: RSAPrivateKey | Ed25519PrivateKey = (
        generate_private_key(65537, RSA_BITS)
        if algorithm == "rsa"
        else Ed25519PrivateKey.generate()
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Key(selector, domain, pem)


def zone_line(key: Key) -> str:
    """The record as a line of a zone file, its text in strings that DNS can carry."""
    text = key.record
    strings = [text[at : at + TXT_CHARS_MAX] for at in range(0, len(text), TXT_CHARS_MAX)]
    return f"{key.record_name}. IN TXT ( " + " ".join(f'"{each}"' for each in strings) + " )"


_PADDING = padding.PKCS1v15()
_SHA256 = utils.Prehashed(hashes.SHA256())


def _folded(value: bytes) -> bytes:
    return b"\r\n ".join(value[at : at + LINE_CHARS] for at in range(0, len(value), LINE_CHARS))


def _folded_names(names: Sequence[str]) -> str:
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > LINE_CHARS:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n ".join(lines).removesuffix(":")
