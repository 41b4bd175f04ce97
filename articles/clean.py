"""A Draft in, an Article out that is valid and safe wherever it goes, or a refusal. Pure.

The border of the house: past it, text is valid XML 1.0 in NFC, HTML holds nothing that runs or
fetches from a private network, addresses are absolute http(s), times are aware UTC.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape, unescape
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import idna
import nh3
from dateutil import parser as lenient
from inscriptis import Inscriptis  # type: ignore[import-untyped]
from inscriptis.html_properties import Display, WhiteSpace  # type: ignore[import-untyped]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]
from inscriptis.model.html_element import HtmlElement  # type: ignore[import-untyped]
from lxml import etree

from articles.model import Article, Draft, Image

#: Longer than any headline; past it mail subjects and feed lists break. Cut at a word, with "…".
TITLE_MAX = 300
#: A standfirst is a paragraph; feed readers show less. Cut at a word.
STANDFIRST_MAX = 1_000
#: Captions, credits, alternative texts, datelines, sections: one line of a page. Cut at a word.
CAPTION_MAX = 500
#: A correction tells what was wrong and what is right; it is never a second article. Cut at a word.
CORRECTION_MAX = 2_000
#: A person's or a bureau's name, a tag. Longer ones are no names, and are cut.
NAME_MAX = 120
#: Names, tags, related headlines of one article; a list past it is a mistake of the source.
NAMES_MAX = 40
#: No one-line field is looked at further than this: what follows could never be shown.
LINE_RAW_MAX = 20_000
#: Browsers and caches take no longer addresses for granted; a longer one is left out.
URL_MAX = 2_048
#: A body as it came, pictures pasted into it apart. 200 times a long read; more is a mistake.
MARKUP_MAX = 1_048_576
#: A body as it stands in a feed, UTF-8 with its markup escaped, so that an entry stays under 1 MiB.
BODY_BYTES_MAX = 1_000_000
#: Open tags as they came, and elements in each other once parsed. Real articles stay under 40;
#: parsing costs depth times length, and our own walk is recursive.
OPEN_MAX, DEPTH_MAX = 200, 100
#: Open formatting times tags: HTML re-opens formatting in each block: 100 kB can become gigabytes.
GROWTH_MAX = 500_000
#: Sum of squares of the distances between "<": the HTML parser compares all attributes of a tag.
SPAN_SQUARES_MAX = 2 * 10**10
#: Marks on one letter. Vietnamese has 2, pointed Hebrew 4; sorting more of them takes square time.
MARKS_MAX = 8
#: Dates outside of these years are typing errors or a program's "never".
YEARS = range(1900, 2201)


class RefusedError(Exception):
    """This draft cannot be published; the message says why and what would help, in one sentence."""


def article(
    draft: Draft,
    *,
    id: str,  # noqa: A002 - the model's own word
    first_seen_at: datetime,
    number: int = 0,
    now: datetime | None = None,
) -> Article:
    """The draft as a clean Article; whether its `status` publishes it is the caller's business.

    `first_seen_at` stands in for a publication date that is missing or unreadable; nothing is said
    to be updated later than `now` (`first_seen_at` where none is given). Regions are not looked at.

    Raises:
        RefusedError: no headline; nothing to read, neither here nor at an address; too large.
    """
    title = line(draft.title, TITLE_MAX)
    if not _has_words(title):
        raise RefusedError("no headline: an article needs a title of at least one letter or sign")
    url = web_address(draft.url)
    standfirst = line(draft.standfirst, STANDFIRST_MAX)
    body_html, body_text = _body(draft, url, _prefix(id))
    if not (url or body_html or _has_words(standfirst)):
        raise RefusedError("nothing to read: give the article a body, a standfirst or an address")
    published_at, updated_at = _times(draft, first_seen_at, now or first_seen_at)
    return Article(
        id=id,
        number=number,
        title=title,
        url=url,
        standfirst=standfirst,
        body_html=body_html,
        body_text=body_text,
        published_at=published_at,
        updated_at=updated_at,
        authors=_unique(_author(name) for name in draft.authors),
        language=_language(draft.language),
        dateline=line(draft.dateline, CAPTION_MAX),
        section=line(draft.section, CAPTION_MAX),
        tags=_unique(line(tag, NAME_MAX) for tag in draft.tags),
        image=_lead_image(draft, url),
        correction=line(draft.correction, CORRECTION_MAX),
        related=_unique(_related(each) for each in draft.related),
    )


# --- text --------------------------------------------------------------------------------------

# Controls, lone surrogates, byte order marks, annotation anchors, noncharacters: XML 1.0 section
# 2.2 forbids most, and none is ever meant.
_INVALID = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_BREAKS = re.compile(
    "[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]"
)  # each ends a mail header line somewhere
_SPACES = re.compile(r"\s{2,}|[\t\n\r]")  # a single no-break or ideographic space is typography
_OVERRIDES = re.compile("[\u202d\u202e]")  # show a word backwards
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")  # reach past the field into our own words
_MARKS = "".join(chr(c) for c in range(0x300, 0x1F000) if unicodedata.combining(chr(c)))
# Three times as fast on Latin text, curly quotes and all, as looking for each mark.
_PERHAPS_MARKS = re.compile(
    "[\u0300-\u1fff\u20d0-\u303f\u3099\u309a\ua66f-\uabff\ufb1e-\U0001efff]"
)
_MANY_MARKS = re.compile(f"([{_MARKS}]{{{MARKS_MAX}}})[{_MARKS}]+")


def line(text: str, limit: int = CAPTION_MAX) -> str:
    """One clean line: valid, NFC, spaces collapsed, no directional controls, cut at a word."""
    text = _BIDI.sub("", _valid(text[:LINE_RAW_MAX])).replace("\xad", "")
    return _cut(_SPACES.sub(" ", text).strip(), limit)


def _valid(text: str) -> str:
    if not text.isprintable():  # else none of these is in it
        text = _INVALID.sub("", _BREAKS.sub(" ", text))
    if text.isascii():
        return text
    if _PERHAPS_MARKS.search(text):
        text = _MANY_MARKS.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ")
    if at > limit * 3 // 4:  # scripts without spaces, and very long words, are cut where they are
        head = head[:at]
    return head.rstrip(_MARKS + "\u200d\ufe0f ,;:–—-") + "…"


def _has_words(text: str) -> bool:
    return any(unicodedata.category(char)[0] in "LNPS" and char != "\ufffd" for char in text)


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for each in lines:
        if each and len(kept) < NAMES_MAX:
            kept.setdefault(each.casefold(), each)
    return tuple(kept.values())


_EMAIL = re.compile(r"[<(\[]?(?:mailto:)?[^\s<>()\[\],;\"]+@[^\s<>()\[\],;\"]+[>)\]]?")
_BY = re.compile(r"by[:\s]\s*", re.I)


def _author(name: str) -> str:
    """A name without its e-mail address, without "By"; "" for what is no name."""
    name = _BY.sub("", _EMAIL.sub(" ", line(name, NAME_MAX)), count=1) if name else ""
    name = line(name.strip(' ,;|"/'), NAME_MAX)
    # Some pages give the author's profile where the name should be.
    return name if _has_words(name) and not re.match(r"https?://", name, re.I) else ""


def _related(text: str) -> str:
    text = line(text, URL_MAX)
    if re.match(r"https?://", text, re.I):
        return web_address(text) or ""
    return _cut(text, TITLE_MAX)


def _language(tag: str) -> str:
    """BCP 47 (RFC 5646) in its usual case, "" for anything else and for "undetermined"."""
    first, *rest = tag.strip().replace("_", "-").split("-")
    if not re.fullmatch(r"[A-Za-z]{2,3}", first) or first.lower() in ("und", "mul", "zxx"):
        return ""
    if not all(re.fullmatch(r"[A-Za-z0-9]{1,8}", each) for each in rest) or len(tag) > 35:
        return first.lower()
    cased = [
        each.title() if len(each) == 4 else each.upper() if len(each) == 2 else each.lower()
        for each in rest
    ]
    return "-".join((first.lower(), *cased))


# --- times -------------------------------------------------------------------------------------


def _times(draft: Draft, first_seen_at: datetime, now: datetime) -> tuple[datetime, datetime]:
    published_at = moment(draft.published_at) or first_seen_at
    updated_at = max(moment(draft.updated_at) or published_at, published_at)
    return published_at, min(updated_at, max(published_at, now))


def moment(text: str) -> datetime | None:
    """The aware UTC time a date says, to the second; None where it says none for certain.

    ISO 8601 and RFC 5322 first, then dateutil, but only for a whole date that reads one way: not
    05/11/2026, which is two dates, nor "yesterday" or "2026". Without a zone it is UTC.
    """
    text = re.sub(r"\d", lambda digit: str(int(digit[0])), text[:80].strip())  # ٢٠٢٦ is 2026
    text = re.sub(r"(:\d\d):60(?!\d)", r"\1:59", text)  # a leap second
    when = _iso(text) or _epoch(text) or _rfc5322(text) or _leniently(text)
    if when is None or when.year not in YEARS:
        return None
    when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    # Midnight of 1 January 1970 is what programs write for "never".
    return when.replace(microsecond=0) if when.timestamp() else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, as some content systems store their times."""
    if not re.fullmatch(r"\d{9,10}(\d{3})?(\.\d+)?", text):
        return None
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)


# The parser takes anything, and reads "8 pm" as eight in the morning.
_RFC5322 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}[\s-][A-Za-z]{3}[\s-]\d{2,4}\s+\d{1,2}:\d\d(?!.*[ap]\.?m)", re.I
)


def _rfc5322(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if _RFC5322.match(text) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _leniently(text: str) -> datetime | None:
    slashes = re.match(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}", text)
    if slashes and int(slashes[1]) <= 12 and int(slashes[2]) <= 12 and slashes[1] != slashes[2]:
        return None
    if not re.search(r"(?<!\d)(19|2[0-2])\d\d(?!\d)", text) and not re.match(r"\d{8}T", text):
        return None
    try:
        # Two defaults: what differs between the readings was not in the text.
        one, other = (
            lenient.parse(
                text, default=default, dayfirst=bool(re.match(r"\d{1,2}\.", text)), tzinfos=_zone
            )
            for default in (datetime(2000, 1, 1), datetime(2004, 2, 2))  # noqa: DTZ001 - naive is UTC
        )
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return one if one == other else None


def _zone(_name: str | None, offset: int | None) -> int | None:
    return offset if offset is not None and abs(offset) < 86_400 else None


# --- addresses ---------------------------------------------------------------------------------

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
        return _is_global(ipaddress.IPv6Address(host))
    try:
        return _is_global(
            ipaddress.IPv4Address(socket.inet_aton(host))
        )  # 127.1, 0x7f000001, 017700000001
    except OSError:
        pass
    if "." not in host or any(host.endswith(f".{name}") for name in _PRIVATE_NAMES):
        return False
    # Name services that answer with the address in the name: 10.0.0.1.nip.example.
    quads = (".".join(each.groups()) for each in _QUAD.finditer(host))
    return all(_is_global(ipaddress.IPv4Address(socket.inet_aton(quad))) for quad in quads
               if all(int(part) < 256 for part in quad.split(".")))  # fmt: skip


def _is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        nat64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in nat64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_global(inner)
    return address.is_global and not address.is_multicast


def _lead_image(draft: Draft, base: str | None) -> Image | None:
    url = image_address(draft.image_url, base) if draft.image_url.strip() else None
    if url is None:
        return None
    return Image(
        url=url,
        alt=line(draft.image_alt),
        caption=line(draft.image_caption),
        credit=line(draft.image_credit),
    )


# --- bodies ------------------------------------------------------------------------------------


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_WRAPPERS = _set(
    "p div section article main header footer aside address center nav form fieldset hgroup picture"
)
_HEADINGS = _set("h1 h2 h3 h4 h5 h6")
_BLOCKS = (
    _WRAPPERS
    | _HEADINGS
    | _set("ul ol dl blockquote pre figure figcaption table hr details summary video audio")
)
_PARTS = _set("li dt dd caption thead tbody tfoot tr td th source")
_INLINE = _set(
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr"
)
_VOID = _set("area base br col embed hr img input link meta source track wbr param")
#: These go with all they hold. What noscript holds is text to the parser, and template is inert.
_DROPPED = _set(
    "script style noscript template textarea select button svg math title head iframe frameset "
    "noframes noembed xmp plaintext datalist"
)
_ATTRIBUTES: dict[str, frozenset[str]] = {
    tag: _set(names)
    for tag, names in {
        "*": "lang dir id",
        "a": "href hreflang",
        "abbr": "title",
        "dfn": "title",
        "blockquote": "cite",
        "q": "cite",
        "del": "cite datetime",
        "ins": "cite datetime",
        "time": "datetime",
        "img": "src alt width height srcset data-src data-original data-lazy-src",
        "ol": "start reversed",
        "li": "value",
        "td": "colspan rowspan",
        "th": "colspan rowspan scope abbr",
        "video": "src title",
        "audio": "src title",
        "source": "src",
    }.items()
}
_VALUES = {
    "lang": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "hreflang": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "dir": re.compile(r"ltr|rtl|auto", re.I),
    "scope": re.compile(r"(col|row)(group)?", re.I),
    "reversed": re.compile(""),
    "datetime": re.compile(r"[\w:.+ -]{1,40}"),
} | dict.fromkeys(("colspan", "rowspan"), re.compile(r"\d{1,3}"))
_VALUES |= dict.fromkeys(("width", "height"), re.compile(r"\d{1,5}"))
_VALUES |= dict.fromkeys(("start", "value"), re.compile(r"-?\d{1,9}"))

_cleaner = nh3.Cleaner(
    tags=set(_BLOCKS | _PARTS | _INLINE),
    clean_content_tags=set(_DROPPED),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def _style(gap: int, **rest: Any) -> HtmlElement:
    return HtmlElement(display=Display.block, margin_before=gap, margin_after=gap, **rest)


# A container hands its own gap down to the blocks in it, so only what holds words has one.
_TEXT = ParserConfig(
    display_links=False,
    display_images=False,
    css={
        "body": HtmlElement(),
        "q": HtmlElement(prefix="“", suffix="”"),
        "pre": _style(1, whitespace=WhiteSpace.pre),
        **{tag: _style(0, padding_inline=2) for tag in ("ul", "ol")},
        **{tag: _style(0) for tag in ("div", "li", "dl", "dt", "dd", "blockquote", "details")},
        **{tag: _style(1) for tag in (*_HEADINGS, "p", "figcaption", "summary")},
    },
)
_LAID_OUT = re.compile(r"<(?:ul|ol|dl|table|pre|q|ruby)\b")
_PASTED = re.compile(r"data:[\w.+-]*/[\w.+-]*;base64,[\w+/=%-]{64,}")  # a picture inside the markup
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_BLANK = re.compile(r"(?:\s|<br>)*")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.S)
_BLOCK_TAG = re.compile(r"<(p|div|br|ul|ol|h[1-6]|blockquote|table|figure|section)\b", re.I)


def html(markup: str, base: str | None = None, *, prefix: str = "a-") -> str:
    """What a reader wants of `markup`, and nothing active: valid, tidy HTML.

    Addresses are resolved against `base`; those which are then not http(s) (or mailto, in links)
    go, their words stay. Ids are kept where the text links to them, with `prefix` before them.

    Raises:
        RefusedError: it is too large.
    """
    markup = _PASTED.sub("data:,", markup)
    if len(markup) > MARKUP_MAX:
        raise RefusedError(
            f"the body is {len(markup) / 1e6:.1f} million characters long, the limit is "
            f"{MARKUP_MAX / 1e6:.1f}: shorten it, or link to the long version"
        )
    if not _MARKUP.search(markup):
        return paragraphs(unescape(markup))
    if _is_costly(markup):
        return paragraphs(_words(markup))
    if "\n\n" in markup and not _BLOCK_TAG.search(markup):  # some editors leave paragraphs bare
        markup = re.sub(r"\n\s*\n", "<p>", markup)
    safe = _INVALID.sub("", _BREAKS.sub(" ", _cleaner.clean(markup)))
    if _depth(safe) > DEPTH_MAX:
        return paragraphs(_words(safe))
    return "".join(_Writer(_root(safe), base, prefix).blocks())


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs. See `text_paragraphs`."""
    return "".join(f"<p>{_escaped(each)}</p>" for each in text_paragraphs(text))


def text_paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text, each one clean line.

    Where there is no blank line at all, each line is a paragraph, unless the text is hard-wrapped:
    then an indented line begins one.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n")
    text = re.sub("[\u2028\x0b\x0c]", "\n", text).strip("\n")
    parts = re.split(r"\n[^\S\n]*\n", text)
    if len(parts) == 1:
        lines = text.split("\n")
        wrapped = len(lines) > 2 and max(map(len, lines)) <= 90
        parts = re.split(r"\n(?=\s)", text) if wrapped else lines
    cleaned = (_SPACES.sub(" ", _OVERRIDES.sub("", _valid(each))).strip() for each in parts)
    return [each for each in cleaned if each]


def text_of(body_html: str) -> str:
    """The words of clean HTML, paragraphs parted by blank lines, without link targets."""
    if not body_html:
        return ""
    text = Inscriptis(_root(body_html), _TEXT).get_text().replace("\xad", "")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _text_of_paragraphs(body_html: str) -> str:
    """As `text_of`, twice as fast, for what `html` wrote without lists, tables and the like."""
    text = re.sub(r"</(?:p|h[2-6]|figcaption|summary)>", "\n\n", body_html).replace("<br>", "\n")
    text = unescape(re.sub(r"<[^>]*>", "", text)).replace("\xad", "")
    text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _body(draft: Draft, base: str | None, prefix: str) -> tuple[str, str]:
    body = html(draft.body_html, base, prefix=prefix) if draft.body_html else ""
    if body:
        text = text_of(body) if _LAID_OUT.search(body) else _text_of_paragraphs(body)
    else:
        if len(draft.body_text) > MARKUP_MAX:
            raise RefusedError(f"the body is over {MARKUP_MAX} characters long: shorten it")
        body = paragraphs(draft.body_text)
        text = _text_of_paragraphs(body)
    size = len(body.encode()) + 3 * (body.count("<") + body.count(">")) + 4 * body.count("&")
    if size > BODY_BYTES_MAX:
        raise RefusedError(
            f"the body takes {size / 1e6:.1f} MB in a feed, the limit is "
            f"{BODY_BYTES_MAX / 1e6:.1f}: shorten it, or link to the long version"
        )
    return body, text


def _prefix(id: str) -> str:  # noqa: A002
    """Two articles on one page may both have a footnote 1."""
    return f"a{hashlib.sha256(id.encode()).hexdigest()[:8]}-"


def _root(markup: str) -> etree._Element:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True
    )
    # A wrapper of our own: libxml2 puts bare words of a body into paragraphs by its own rules.
    document = etree.fromstring(f"<html><body><div>{markup}</div></body></html>".encode(), parser)
    return document[0][0]


def _escaped(text: str | None) -> str:
    # NFC makes one character of ">" and U+0338: a text must not begin with it after a tag.
    return escape(text.lstrip("\u0338"), quote=False) if text else ""


def _is_costly(markup: str) -> bool:
    """Whether parsing it takes more than its length deserves: nobody typed that."""
    depth = deepest = formats = most = tags = 0
    for slash, name in _TAG.findall(markup):
        name = name.lower()
        tags += 1
        if name in _VOID or name in _PARTS or name == "p":
            continue
        step = -1 if slash else 1
        depth = max(0, depth + step)
        deepest = max(deepest, depth)
        if name in _INLINE or name in ("font", "big"):
            formats = max(0, formats + step)
            most = max(most, formats)
    spans = sum(len(each) ** 2 for each in markup.split("<"))
    return deepest > OPEN_MAX or most * tags > GROWTH_MAX or spans > SPAN_SQUARES_MAX


def _words(markup: str) -> str:
    """The text between tags, in one pass and without a parser; blocks are parted by blank lines."""
    head, *rest = _COMMENT.sub("", markup).split("<")
    words, dropping = [head], ""
    for each in rest:
        found = re.match(r"/?[a-zA-Z][a-zA-Z0-9]*", each)
        name = found[0].lower() if found else ""
        if dropping:
            dropping = "" if name == f"/{dropping}" else dropping
        elif name in _DROPPED:
            dropping = name
        if not dropping and not each.startswith(("!", "?")):
            gap = "\n\n" if name.lstrip("/") in _BLOCKS else ""
            words.append(gap + (each.partition(">")[2] if name else f"&lt;{each}"))
    return unescape("".join(words))


def _depth(safe: str) -> int:
    """How deep elements lie in each other, in well-formed HTML."""
    depth = deepest = 0
    for slash, name in _TAG.findall(safe):
        if name not in _VOID:
            depth += -1 if slash else 1
            deepest = max(deepest, depth)
    return deepest


class _Writer:
    """Writes the tree of sanitised HTML anew: only what is named here can come out.

    Wrappers dissolve, loose words become paragraphs, what says nothing goes.
    """

    def __init__(self, root: etree._Element, base: str | None, prefix: str) -> None:
        self.root, self.base, self.prefix = root, base, prefix
        self.in_figure = 0
        targets = {self._target(link.get("href") or "") for link in root.iter("a")} - {""}
        self.linked = targets & {each.get("id") for each in root.iter()}

    def blocks(self) -> list[str]:
        return self._flow(self.root)

    def _flow(
        self, node: etree._Element, attributes: str = "", around: tuple[str, str] = ("", "")
    ) -> list[str]:
        """The children of a container as blocks; runs of words become paragraphs.

        `attributes` (a direction, a language) and `around` (a link or formatting that spans blocks)
        are handed down to these paragraphs.
        """
        written: list[str] = []
        run = [self._anchor(node), _prose(node.text)]

        def end_run() -> None:
            words = _trimmed("".join(run))
            run.clear()
            if _says_something(words):
                written.append(f"<p{attributes}>{around[0]}{words}{around[1]}</p>")

        for child in node:
            tag = str(child.tag)
            if tag in _WRAPPERS:
                end_run()
                own = self._attributes(child, ("lang", "dir"))
                written += self._flow(child, own or attributes, around)
            elif tag in _BLOCKS:
                end_run()
                written.append(self._block(child, tag, around))
            elif any(each.tag in _BLOCKS for each in child.iterdescendants()):
                end_run()
                opening, closing = self._tags(child, tag)
                inner = (around[0] + opening, closing + around[1])
                written += self._flow(child, attributes, inner)
            elif tag == "br" and "".join(run[-2:]).rstrip().endswith("<br>"):
                end_run()  # two line breaks are how old editors part paragraphs
            else:
                run.append(self._inline(child, tag))
            run.append(_prose(child.tail))
        end_run()
        return [each for each in written if each]

    def _block(self, node: etree._Element, tag: str, around: tuple[str, str] = ("", "")) -> str:
        attributes = self._attributes(node)
        match tag:
            case "hr":
                return "<hr>"
            case "video" | "audio":
                return self._medium(node)
            case "table":
                return self._table(node)
            case "figure":
                return self._figure(node)
            case "ul" | "ol" | "dl":
                content = self._items(node)
            case "blockquote" | "details":
                content = "".join(self._flow(node))
            case "pre":
                content = self._words(node, verbatim=True).strip("\n")
            case "figcaption" | "summary":
                content = self._content(node)
                if tag == "figcaption" and not self.in_figure:
                    tag = "p"
            case _:  # a heading; the article's own is the only h1
                tag = "h2" if tag == "h1" else tag
                content = around[0] + _trimmed(self._words(node)) + around[1]
        return f"<{tag}{attributes}>{content}</{tag}>" if _says_something(content) else ""

    def _content(self, node: etree._Element) -> str:
        """What an item, a cell or a caption holds: no paragraph in it where there is only one."""
        first, *rest = self._flow(node) or [""]
        if first.startswith("<p>") and not any(each.startswith("<p") for each in rest):
            first = first[3:-4]
        return first + "".join(rest)

    def _items(self, node: etree._Element) -> str:
        written = []
        for child in node:
            tag = str(child.tag)
            if tag == "div" and node.tag == "dl":
                written.append(self._items(child))
                continue
            content = self._content(child) if tag in _PARTS | _WRAPPERS else self._alone(child, tag)
            if _says_something(content):
                tag = tag if tag in ("dt", "dd") else "dd" if node.tag == "dl" else "li"
                written.append(f"<{tag}{self._attributes(child)}>{content}</{tag}>")
        return "".join(written)

    def _alone(self, node: etree._Element, tag: str) -> str:
        return self._block(node, tag) if tag in _BLOCKS else self._inline(node, tag)

    def _figure(self, node: etree._Element) -> str:
        self.in_figure += 1
        blocks = self._flow(node)
        self.in_figure -= 1
        blocks = [
            each[3:-4] if each.startswith("<p><") and _is_bare(each) else each for each in blocks
        ]
        if all(each.startswith(("<p", "<figcaption")) for each in blocks):  # the picture is gone
            return "".join(
                re.sub(r"^<figcaption(.*)figcaption>$", r"<p\1p>", each) for each in blocks
            )
        return f"<figure>{''.join(blocks)}</figure>"

    def _table(self, node: etree._Element) -> str:
        cells = list(node.iter("td", "th"))
        if len(cells) == 1:  # a frame of old days, not a table
            return "".join(self._flow(cells[0]))
        content = self._rows(node)
        return (
            f"<table{self._attributes(node)}>{content}</table>" if _says_something(content) else ""
        )

    def _rows(self, node: etree._Element) -> str:
        written = []
        for child in node:
            tag = str(child.tag)
            if tag in ("td", "th", "caption"):
                written.append(f"<{tag}{self._attributes(child)}>{self._content(child)}</{tag}>")
            elif tag in ("thead", "tbody", "tfoot", "tr"):
                written.append(f"<{tag}>{self._rows(child)}</{tag}>")
        return "".join(written)

    def _inline(self, node: etree._Element, tag: str, verbatim: bool = False) -> str:
        if tag in ("br", "wbr"):
            return f"<{tag}>"
        if tag == "img":
            return self._image(node)
        words = self._words(node, verbatim)
        if tag in _BLOCKS or tag in _PARTS:  # inside a heading, say
            return f" {words} "
        opening, closing = self._tags(node, tag)
        return (
            f"{opening}{words}{closing}" if _says_something(words) or " id=" in opening else words
        )

    def _words(self, node: etree._Element, verbatim: bool = False) -> str:
        text = _verbatim if verbatim else _prose
        written = [text(node.text)]
        for child in node:
            written += (self._inline(child, str(child.tag), verbatim), text(child.tail))
        return "".join(written)

    def _tags(self, node: etree._Element, tag: str) -> tuple[str, str]:
        tag = {"strike": "s", "tt": "code"}.get(tag, tag)
        attributes = self._attributes(node)
        if tag == "a":
            attributes = self._link(node) + attributes
        if tag not in _INLINE or (tag in ("a", "span") and not attributes):
            return "", ""
        return f"<{tag}{attributes}>", f"</{tag}>"

    def _link(self, node: etree._Element) -> str:
        href = node.get("href") or ""
        target = self._target(href)
        if target in self.linked:
            return f' href="#{self.prefix}{escape(target)}"'
        if href.lower().startswith("mailto:"):
            address = quote(href[7:].strip(), safe="@%+.?=&,-_")[:CAPTION_MAX]
            return f' href="mailto:{escape(address)}"' if "@" in address else ""
        url = web_address(href, self.base) if href.strip() else None
        return f' href="{escape(url)}" rel="noopener"' if url else ""

    def _image(self, node: etree._Element) -> str:
        wanted = [
            node.get(name) or "" for name in ("data-src", "data-original", "data-lazy-src", "src")
        ]
        wanted += [
            each.split()[0] for each in (node.get("srcset") or "").split(", ") if each.split()
        ][-1:]
        found = (image_address(each, self.base) for each in wanted if each.strip())
        url = next(filter(None, found), None)
        size = {node.get("width"), node.get("height")} - {None}
        if url is None or "0" in size or size == {"1"}:  # a counter, not a picture
            return ""
        alt = escape(line(node.get("alt") or ""))
        return f'<img src="{escape(url)}" alt="{alt}"{self._attributes(node, ("width", "height"))}>'

    def _medium(self, node: etree._Element) -> str:
        """A film or sound as a link: readers and mail play neither."""
        sources = (each.get("src") or "" for each in (node, *node.iter("source")))
        url = next(filter(None, (web_address(each, self.base) for each in sources if each)), None)
        if url is None:
            return ""
        name = line(node.get("title") or "") or (urlsplit(url).hostname or "")
        return f'<p><a href="{escape(url)}" rel="noopener">{_escaped(name)}</a></p>'

    def _attributes(self, node: etree._Element, only: Sequence[str] = ()) -> str:
        written = []
        for name, value in sorted(node.attrib.items()):
            name, value = str(name), str(value).strip()
            if only and name not in only:
                continue
            if name == "id" and value in self.linked and not only:
                written.append(f' id="{self.prefix}{escape(value)}"')
            elif name in _VALUES and _VALUES[name].fullmatch(value):
                written.append(f' {name}="{value.lower() if name in ("dir", "scope") else value}"')
            elif name == "cite" and (url := web_address(value, self.base)):
                written.append(f' cite="{escape(url)}"')
            elif name in ("title", "abbr") and (words := line(value)):
                written.append(f' {name}="{escape(words)}"')
        return "".join(written)

    def _anchor(self, node: etree._Element) -> str:
        """Stands in for a linked wrapper, which dissolves."""
        id = node.get("id") or ""  # noqa: A001
        return (
            f'<a id="{self.prefix}{escape(id)}"></a>'
            if node.tag in _WRAPPERS and id in self.linked
            else ""
        )

    def _target(self, href: str) -> str:
        if self.base and href.startswith(f"{self.base}#"):
            href = href.removeprefix(self.base)
        return href[1:] if href.startswith("#") and re.fullmatch(r"#[\w:.-]{1,100}", href) else ""


def _prose(text: str | None) -> str:
    return _escaped(_SPACES.sub(" ", _OVERRIDES.sub("", _valid(text)))) if text else ""


def _verbatim(text: str | None) -> str:
    return _escaped(_OVERRIDES.sub("", _valid(text))) if text else ""


def _trimmed(words: str) -> str:
    """Without blanks and line breaks at its ends."""
    start, end = _BLANK.match(words).end(), len(words)  # type: ignore[union-attr]
    while end > start and (words[end - 1].isspace() or words.endswith("<br>", start, end)):
        end -= 1 if words[end - 1].isspace() else 4
    return words[start:end]


def _says_something(words: str) -> bool:
    return "<img" in words or " id=" in words or not _is_bare(words)


def _is_bare(words: str) -> bool:
    """Whether there is no word in this HTML; our own attributes hold no ">"."""
    return not re.sub("<[^>]*>", "", words).strip(" \t\n\xa0\u200b\u200c\u200d\u2060")
