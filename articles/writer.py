"""A tree of sanitised HTML in, tidy HTML that holds only what is named here out. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlsplit

from lxml import etree

from articles.addresses import image_address, web_address
from articles.characters import CAPTION_MAX, line, prose, verbatim
from articles.elements import BLOCKS, INLINE, PARTS, VALUES, WRAPPERS
from articles.plain import escaped

# With ">" before it U+0338 becomes another sign in NFC: no words begin with it.
_BLANK = re.compile(r"(?:\s|<br>|\u0338)*")


class Writer:
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
            if tag in WRAPPERS:
                end_run()
                own = self._attributes(child, ("lang", "dir"))
                written += self._flow(child, own or attributes, around)
            elif tag in BLOCKS:
                end_run()
                if not (tag == "figcaption" and self._captions(written, child)):
                    written += self._blocks(child, tag, around)
            elif any(each.tag in BLOCKS for each in child.iterdescendants()):
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

    def _captions(self, written: list[str], node: etree._Element) -> bool:
        """Whether a caption that stands after its figure could be put into it."""
        last = written[-1] if written and not self.in_figure else ""
        if not last.endswith("</figure>") or "<figcaption" in last:
            return False
        if _says_something(content := self._content(node)):
            written[-1] = f"{last[:-9]}<figcaption>{content}</figcaption></figure>"
        return True

    def _blocks(
        self, node: etree._Element, tag: str, around: tuple[str, str] = ("", "")
    ) -> list[str]:
        """A block as written; one that dissolves leaves what it held, several blocks perhaps."""
        match tag:
            case "hr":
                return ["<hr>"]
            case "video" | "audio":
                return self._medium(node)
            case "table":
                return self._table(node)
            case "figure":
                return self._figure(node)
        return [self._block(node, tag, around)]

    def _block(self, node: etree._Element, tag: str, around: tuple[str, str]) -> str:
        attributes = self._attributes(node)
        match tag:
            case "ul" | "ol" | "dl":
                content = self._items(node, "dd" if tag == "dl" else "li")
            case "blockquote" | "details":
                content = "".join(self._flow(node))
            case "pre":
                content = self._words(node, verbatim=True).strip("\n").lstrip("\u0338")
            case "figcaption" | "summary":
                content = self._content(node)
                if tag == "figcaption" and not self.in_figure:
                    tag = "p"
            case _:  # a heading; the article's own is the only h1
                tag = "h2" if tag == "h1" else tag
                content = around[0] + _trimmed(self._words(node)) + around[1]
        return f"<{tag}{attributes}>{content}</{tag}>" if _says_something(content) else ""

    def _content(self, node: etree._Element) -> str:
        """What an item, a cell or a caption holds."""
        return _unwrapped(self._flow(node))

    def _items(self, node: etree._Element, kind: str) -> str:
        """The items of a list; words that stand loose in it are items of their own."""
        written: list[str] = []
        run = [_prose(node.text)]

        def item(content: str, tag: str = kind, attributes: str = "") -> None:
            if "<img" in content or not _is_bare(content):  # a linked id alone is no item
                written.append(f"<{tag}{attributes}>{content}</{tag}>")

        for child in node:
            tag = str(child.tag)
            if tag not in PARTS | WRAPPERS | BLOCKS:
                run += (self._inline(child, tag), _prose(child.tail))
                continue
            item(_trimmed("".join(run)))
            if tag == "div" and kind == "dd":
                written.append(self._items(child, kind))
            elif tag in PARTS | WRAPPERS:
                # A wrapper's own id stands in its content already, as an anchor.
                attributes = self._attributes(child, ("lang", "dir") if tag in WRAPPERS else ())
                item(self._content(child), tag if tag in ("dt", "dd") else kind, attributes)
            else:
                item(_unwrapped(self._blocks(child, tag)))
            run = [_prose(child.tail)]
        item(_trimmed("".join(run)))
        return "".join(written)

    def _figure(self, node: etree._Element) -> list[str]:
        self.in_figure += 1
        blocks = self._flow(node)
        self.in_figure -= 1
        blocks = [
            each[3:-4] if each.startswith("<p><") and _is_bare(each) else each for each in blocks
        ]
        if all(each.startswith(("<p", "<figcaption")) for each in blocks):  # the picture is gone
            return [re.sub(r"^<figcaption(.*)figcaption>$", r"<p\1p>", each) for each in blocks]
        return [f"<figure>{''.join(blocks)}</figure>"]

    def _table(self, node: etree._Element) -> list[str]:
        cells = list(node.iter("td", "th"))
        if len(cells) == 1:  # a frame of old days, not a table
            return self._flow(cells[0])
        content = self._rows(node)
        return (
            [f"<table{self._attributes(node)}>{content}</table>"]
            if _says_something(content)
            else []
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
        if tag in BLOCKS or tag in PARTS:  # inside a heading, say
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
        if tag not in INLINE or (tag in ("a", "span") and not attributes):
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

    def _medium(self, node: etree._Element) -> list[str]:
        """A film or sound as a link: readers and mail play neither."""
        sources = (each.get("src") or "" for each in (node, *node.iter("source")))
        url = next(filter(None, (web_address(each, self.base) for each in sources if each)), None)
        if url is None:
            return []
        name = line(node.get("title") or "") or (urlsplit(url).hostname or "")
        return [f'<p><a href="{escape(url)}" rel="noopener">{escaped(name)}</a></p>']

    def _attributes(self, node: etree._Element, only: Sequence[str] = ()) -> str:
        written = []
        for name, value in sorted(node.attrib.items()):
            name, value = str(name), str(value).strip()
            if only and name not in only:
                continue
            if name == "id" and value in self.linked and not only:
                written.append(f' id="{self.prefix}{escape(value)}"')
            elif name in VALUES and VALUES[name].fullmatch(value):
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
            if node.tag in WRAPPERS and id in self.linked
            else ""
        )

    def _target(self, href: str) -> str:
        if self.base and href.startswith(f"{self.base}#"):
            href = href.removeprefix(self.base)
        return href[1:] if href.startswith("#") and re.fullmatch(r"#[\w:.-]{1,100}", href) else ""


def _unwrapped(blocks: list[str]) -> str:
    """Blocks as what an item holds: no paragraph in it where there is only one."""
    first, *rest = blocks or [""]
    if first.startswith("<p>") and not any(each.startswith("<p") for each in rest):
        first = first[3:-4]
    return first + "".join(rest)


def _prose(text: str | None) -> str:
    return escaped(prose(text)) if text else ""


def _verbatim(text: str | None) -> str:
    return escaped(verbatim(text)) if text else ""


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
