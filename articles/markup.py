"""HTML or plain text from anywhere in, tidy and harmless HTML out, and its words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any
from urllib.parse import quote, urlsplit

import nh3
from inscriptis import Inscriptis  # type: ignore[import-untyped]
from inscriptis.html_properties import Display, WhiteSpace  # type: ignore[import-untyped]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]
from inscriptis.model.html_element import HtmlElement  # type: ignore[import-untyped]
from lxml import etree

from articles.addresses import image_address, web_address
from articles.characters import CAPTION_MAX, line, permitted, prose, verbatim
from articles.errors import NewsdeskError

#: A body as it came, pictures pasted into it apart. 200 times a long read; more is a mistake.
MARKUP_MAX = 1_048_576
#: Open tags as they came, and elements in each other once parsed. Real articles stay under 40;
#: parsing costs depth times length, and our own walk is recursive.
OPEN_MAX, DEPTH_MAX = 200, 100
#: Open formatting times tags: HTML re-opens formatting in each block: 100 kB can become gigabytes.
GROWTH_MAX = 500_000
#: Sum of squares of the distances between "<": the HTML parser compares all attributes of a tag.
SPAN_SQUARES_MAX = 2 * 10**10


class RefusedError(NewsdeskError):
    """This draft cannot be published; the message says why and what would help, in one sentence."""


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
_BLOCK_TAG = re.compile(r"<(p|div|br|ul|ol|h[1-6]|blockquote|table|figure|section|pre)\b", re.I)


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
    safe = permitted(_cleaner.clean(markup))
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
    cleaned = (prose(each).strip() for each in parts)
    return [each for each in cleaned if each]


def text_of(body_html: str) -> str:
    """The words of clean HTML, paragraphs parted by blank lines, without link targets."""
    if not body_html:
        return ""
    once = body_html.replace("&amp;", "&amp;amp;")  # inscriptis unescapes what the parser did
    text = Inscriptis(_root(once), _TEXT).get_text().replace("\xad", "")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def text_of_ours(body_html: str) -> str:
    """As `text_of`, twice as fast, for what `html` or `paragraphs` wrote."""
    if _LAID_OUT.search(body_html):  # only lists, tables and the like need the slow way
        return text_of(body_html)
    text = re.sub(r"</(?:p|h[2-6]|figcaption|summary)>", "\n\n", body_html).replace("<br>", "\n")
    text = unescape(re.sub(r"<[^>]*>", "", text)).replace("\xad", "")
    text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


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
            if "<img" in content or not _is_bare(content):  # a linked id alone is no item
                # A wrapper's own id stands in its content already, as an anchor.
                only = ("lang", "dir") if tag in _WRAPPERS else ()
                tag = tag if tag in ("dt", "dd") else "dd" if node.tag == "dl" else "li"
                written.append(f"<{tag}{self._attributes(child, only)}>{content}</{tag}>")
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
    return _escaped(prose(text)) if text else ""


def _verbatim(text: str | None) -> str:
    return _escaped(verbatim(text)) if text else ""


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
