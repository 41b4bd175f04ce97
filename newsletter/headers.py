"""Names, addresses and words in, what can stand in a header field out. Pure."""

from __future__ import annotations

import re
from email.header import Header
from email.utils import quote
from functools import lru_cache

import idna

from articles.errors import NewsdeskError
from newsletter.text import plain, shorten

#: RFC 5322, 2.1.1: no line is longer, in octets and without its CRLF.
LINE_BYTES_MAX = 998

#: RFC 5321, 4.5.3.1: what a path may have.
ADDRESS_CHARS_MAX = 254

#: A display name is a name.
NAME_CHARS_MAX = 78

#: RFC 5322's dot-atom, without the quoted forms that no mailbox in use needs.
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
URL = re.compile(r"https?://[!#$%&'()*+./0-9:;=?@A-Z\[\]_a-z~-]+")


class MessageError(NewsdeskError):
    """No message can be made, or it would not say what it should; nothing is sent."""


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
    if not at or not LOCAL.fullmatch(local) or len(address) > ADDRESS_CHARS_MAX:
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


def field(name: str, value: str) -> bytes:
    """A whole line of the header, or several; the value is ASCII and already folded."""
    line = f"{name}: {value}\r\n".encode("ascii")
    assert max(map(len, line.split(b"\r\n"))) <= LINE_BYTES_MAX, name
    return line


def mailbox(name: str, address: str) -> str:
    """`The Meridian <digest@example.org>`, or the bare address."""
    return f"{phrase(name)} <{address}>" if plain(name) else address


def phrase(name: str) -> str:
    """A display name: as it is, quoted, or in encoded words."""
    name = shorten(name, NAME_CHARS_MAX)
    if not name.isascii() or "=?" in name:
        return Header(name, "utf-8", maxlinelen=60).encode(linesep="\r\n")
    return name if re.fullmatch(r"[A-Za-z0-9 '-]+", name) else f'"{quote(name)}"'


def unstructured(field: str, text: str) -> str:
    """Text of a field in lines of 78; RFC 2047 where it is not ASCII, or looks as if encoded.

    Left as it is, `=?utf-8?q?=0D=0ABcc:_x?=` in a headline becomes a Bcc field in readers that
    decode before they part the fields; Python's EmailMessage is one.
    """
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=field, maxlinelen=76).encode(linesep="\r\n")


def web_address(url: str) -> str:
    """The URL, if it can stand between angle brackets on one line.

    Raises:
        MessageError: it cannot.
    """
    if not URL.fullmatch(url) or len(url) > LINE_BYTES_MAX - 100:
        raise MessageError(f"not an address that can stand in a header: {plain(url)[:200]!r}")
    return url
