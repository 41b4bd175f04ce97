"""A WordPress export's bytes (WXR) in, its posts as drafts out. Pure.

Pages, attachments, menus and the like are left out and counted; a lead image is the attachment that
the post names as its thumbnail. XML as broken as exports are is read as far as it goes.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import urljoin

from lxml import etree

from articles.model import Draft, LeftOut, Refusal
from articles.sources import shortcodes
from articles.sources.feed import plain
from articles.sources.jsonl import key_of

#: WordPress's names for what is not yet, or no longer, for everybody.
_STATUS = {"publish": "published", "future": "published", "": "published", "inherit": "published",
           "private": "withdrawn", "trash": "withdrawn"}  # fmt: skip
_NAMESPACES = (("wordpress.org/export/", "wp"), ("purl.org/rss/1.0/modules/content", "content"),
               ("purl.org/dc/", "dc"))  # fmt: skip
_NEVER = re.compile(r"0000-|.*-0001")  # what WordPress writes for a draft's date
#: An ampersand that begins nothing XML knows, outside of CDATA: the parser would drop it.
_BARE = re.compile(
    rb"(<!\[CDATA\[.*?\]\]>)|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)", re.S
)


@dataclass(slots=True)
class _Item:
    """An <item>: its fields by prefixed name, its terms, its meta values."""

    fields: dict[str, str] = field(default_factory=dict)
    terms: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    meta: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()


@dataclass(slots=True)
class _Site:
    """What posts refer to."""

    address: str = ""
    title: str = ""
    language: str = ""
    authors: dict[str, str] = field(default_factory=dict)  # login -> name
    pictures: dict[str, _Item] = field(default_factory=dict)  # post id -> attachment

    def figure(self, number: str) -> str:
        """An attachment as a figure; "" if the export does not hold it."""
        picture = self.pictures.get(number)
        if picture is None:
            return ""
        image = {name: escape(value) for name, value in _image(picture, self).items()}
        return (
            f'<figure><img src="{image["image_url"]}" alt="{image["image_alt"]}">'
            f"<figcaption>{image['image_caption']}</figcaption></figure>"
        )


def read(data: bytes, *, url: str = "") -> Iterator[Draft | Refusal | LeftOut]:
    """The posts of an export, in its order. `url` replaces the site's address it gives."""
    site = _site(data, url)
    number = 0
    for element in _elements(data):
        if _name(element) == "item":
            number += 1
            yield _post(_item(element), site, f"item {number}")
    if number == 0:
        yield Refusal(where="", reason='a WordPress export without posts; export "All content"')


def _elements(data: bytes) -> Iterator[etree._Element]:
    """Each child of the channel, freed once it was used; however broken, it ends."""
    data = _BARE.sub(lambda found: found[1] or b"&amp;", data)
    try:
        events = etree.iterparse(
            io.BytesIO(data), recover=True, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for _, element in events:
            parent = element.getparent()
            if parent is not None and _name(parent) == "channel":
                yield element
                element.clear()
    except etree.XMLSyntaxError:
        return  # what came before was taken


def _site(data: bytes, url: str) -> _Site:
    site = _Site(address=url)
    for element in _elements(data):
        name, text = _name(element), (element.text or "").strip()
        if name in ("wp:base_blog_url", "link"):
            site.address = site.address or text
        elif name == "title":
            site.title = text
        elif name == "language":
            site.language = text
        elif name == "wp:author":
            of = {_name(child): (child.text or "").strip() for child in element}
            site.authors[of.get("wp:author_login", "")] = of.get("wp:author_display_name", "")
        elif name == "item" and (item := _item(element))["wp:post_type"] == "attachment":
            site.pictures[item["wp:post_id"]] = item
    return site


def _item(element: etree._Element) -> _Item:
    item = _Item()
    for child in element:
        name = _name(child)
        if name == "category":
            term = (child.get("nicename") or "", unescape(child.text or "").strip())
            item.terms[child.get("domain") or "category"].append(term)
        elif name == "wp:postmeta":
            of = {_name(each): each.text or "" for each in child}
            item.meta[of.get("wp:meta_key", "").strip()] = of.get("wp:meta_value", "").strip()
        else:
            item.fields.setdefault(name, "".join(map(str, child.itertext())))
    return item


def _post(item: _Item, site: _Site, where: str) -> Draft | Refusal | LeftOut:
    kind = item["wp:post_type"] or "post"
    if kind != "post":
        return LeftOut(what=kind.replace("_", " "))
    title = unescape(item["title"])
    content = shortcodes.html(item["content:encoded"], site.figure)
    standfirst = plain(item["excerpt:encoded"])
    title = plain(title) or standfirst[:100] or plain(content)[:100]
    if not title:
        return Refusal(where=where, reason="a post without a title or a text; it needs one of them")
    published = _time(item, "post_date") or item["pubDate"]
    picture = site.pictures.get(item.meta.get("_thumbnail_id", ""))
    image = _image(picture, site) if picture else {}
    sections = [name for _, name in item.terms["category"] if name and name != "Uncategorized"]
    tags = [name for _, name in item.terms["post_tag"] + item.terms["tag"] if name]
    link = urljoin(site.address, item["link"]) if item["link"] else ""
    return Draft(
        source=site.address or site.title,
        source_key=item["guid"] or item["link"] or item["wp:post_id"] or key_of(title, published),
        url=link,
        title=title,
        standfirst=standfirst,
        body_html=content,
        authors=_authors(item, site),
        language=site.language,
        published_at="" if _NEVER.match(published) else published,
        updated_at=_time(item, "post_modified"),
        section=sections[0] if sections else "",
        tags=tuple(dict.fromkeys(sections + tags)),
        status="withdrawn" if item["wp:post_password"] else _STATUS.get(item["wp:status"], "draft"),
        image_url=image.get("image_url", ""),
        image_alt=image.get("image_alt", ""),
        image_caption=image.get("image_caption", ""),
    )


def _name(element: etree._Element) -> str:
    """`wp:status`, whichever version of the namespace it has, and even if that is not declared."""
    namespace, _, local = str(element.tag).rpartition("}")
    if namespace.rstrip("/").endswith("/excerpt"):
        return f"excerpt:{local}"
    prefix = next((ours for part, ours in _NAMESPACES if part in namespace), "")
    return f"{prefix}:{local}" if prefix else local


def _authors(item: _Item, site: _Site) -> tuple[str, ...]:
    """Co-authors are terms of a domain of their own; else it is the post's creator."""
    if terms := item.terms["author"]:
        logins = site.authors
        names = [name or logins.get(login.removeprefix("cap-"), login) for login, name in terms]
    else:
        login = item["dc:creator"]
        names = [site.authors.get(login) or login]
    return tuple(dict.fromkeys(filter(None, names)))


def _time(item: _Item, name: str) -> str:
    """ISO 8601 in UTC, where the post has one; the local time has no zone to know it by."""
    time = item[f"wp:{name}_gmt"]
    return f"{time.replace(' ', 'T')}Z" if time and not _NEVER.match(time) else ""


def _image(picture: _Item, site: _Site) -> dict[str, str]:
    return {
        "image_url": urljoin(site.address, picture["wp:attachment_url"] or picture["guid"]),
        "image_alt": picture.meta.get("_wp_attachment_image_alt", ""),
        "image_caption": plain(picture["excerpt:encoded"] or picture["content:encoded"]),
    }
