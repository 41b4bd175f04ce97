"""What somebody wrote as an address in, an absolute http(s) one out, or None. Pure."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import quote, urljoin, urlsplit

import idna

#: Browsers and caches take no longer addresses for granted; a longer one is left out.
URL_MAX = 2_048

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?")
_QUAD = re.compile(r"(?<!\d)(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?!\d)")
#: Names that only mean something inside a network (RFC 6761, RFC 8375, and what routers invent).
_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private",
                  "home.arpa", "localdomain", "test", "invalid", "onion")  # fmt: skip


def web_address(text: str, base: str | None = None) -> str | None:
    """The absolute http(s) address `text` stands for, in ASCII; None for anything else.

    `//host/path` and, where `base` is given, relative addresses are resolved. Refused: other
    schemes, user names and passwords, hosts that cannot be, more than URL_MAX characters.
    """
    if len(text) > URL_MAX:
        return None
    # As browsers do (WHATWG URL 4.4): outer controls and blanks go, tabs and newlines anywhere go.
    text = re.sub(r"[\t\n\r]", "", text.strip("".join(map(chr, range(0x21)))))
    if text.startswith("//") and not base:
        text = "https:" + text
    try:
        parts = urlsplit(urljoin(base, text) if base and text else text)
        port, host = parts.port, _host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "\\" in text:
        return None
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        host = f"{host}:{port}"
    try:
        path, query, fragment = (
            re.sub("%(?![0-9A-Fa-f]{2})", "%25", quote(each, safe="/%:@!$&'()*+,;=~?-._"))
            for each in (parts.path or "/", parts.query, parts.fragment)
        )
    except UnicodeEncodeError:  # a lone surrogate: whatever page was meant, it is not this one
        return None
    path = path.replace("?", "%3F")
    address = f"{parts.scheme}://{host}{path}{query and '?' + query}{fragment and '#' + fragment}"
    return address if len(address) <= URL_MAX and "\ufffd" not in text else None


def _host(host: str) -> str | None:
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]" if "%" not in host else None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    return host if _HOST.fullmatch(host) else None


def image_address(text: str, base: str | None = None) -> str | None:
    """As `web_address`, but None where fetching it could reach into the reader's own network."""
    address = web_address(text, base)
    return address if address and _is_public(urlsplit(address).hostname or "") else None


def _is_public(host: str) -> bool:
    host = host.rstrip(".")
    if ":" in host:
        return is_global(ipaddress.IPv6Address(host))
    try:
        # 127.1, 0x7f000001, 017700000001
        return is_global(ipaddress.IPv4Address(socket.inet_aton(host)))
    except OSError:
        pass
    if "." not in host or any(host.endswith(f".{name}") for name in _PRIVATE_NAMES):
        return False
    # Name services that answer with the address in the name: 10.0.0.1.nip.example.
    quads = (".".join(each.groups()) for each in _QUAD.finditer(host))
    return all(is_global(ipaddress.IPv4Address(socket.inet_aton(quad))) for quad in quads
               if all(int(part) < 256 for part in quad.split(".")))  # fmt: skip


_GLOBAL_UNICAST = ipaddress.IPv6Network(
    "2000::/3"
)  # RFC 4291 section 2.4; all else has a use of its own
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


def is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the public internet, also what it carries of IPv4 inside."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_global(inner)
    return address in _GLOBAL_UNICAST and address.is_global
