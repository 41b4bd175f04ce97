"""A page's tree in, what its JSON-LD and meta elements say about the article out. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from lxml import html as lxml_html

from articles.sources import bylines

#: JSON-LD of a page is some kB; a script past this is data of another kind.
JSON_LD_MAX = 1_000_000
#: schema.org types that are an article.
_ARTICLE = re.compile(
    r"(?:\w*Article|\w*BlogPosting|Report|Review|LiveBlogPosting|OpinionNewsArticle)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What machines are told about the article; "" where they are told nothing."""

    title: str = ""
    standfirst: str = ""
    url: str = ""
    site: str = ""
    published: str = ""
    updated: str = ""
    section: str = ""
    language: str = ""
    image: str = ""
    image_alt: str = ""
    image_caption: str = ""
    image_credit: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def read(tree: lxml_html.HtmlElement) -> Metadata:
    """JSON-LD where there is some, for newsrooms write it with care; else the meta elements."""
    said = _json_ld(tree)
    metas = _metas(tree)

    def meta(*names: str) -> str:
        return next((value for name in names for value in metas.get(name, ())), "")

    image = _first_object(said.get("image"))
    authors = tuple(_people(said.get("author"))) or tuple(
        name
        for name in ("author", "article:author", "dc.creator", "parsely-author", "byl")
        for value in metas.get(name, ())[:1] if not value.startswith("http")
        for name in bylines.names(value)
    )  # fmt: skip
    return Metadata(
        title=_string(said.get("headline")) or meta("og:title", "twitter:title", "dc.title"),
        standfirst=meta("og:description") or _string(said.get("description"))
        or meta("description", "twitter:description"),
        url=_canonical(tree) or meta("og:url") or _string(said.get("url")),
        site=meta("og:site_name") or _string(_first_object(said.get("publisher")).get("name")),
        published=_string(said.get("datePublished"))
        or meta("article:published_time", "datepublished", "date", "dc.date", "pubdate"),
        updated=_string(said.get("dateModified"))
        or meta("article:modified_time", "og:updated_time", "datemodified", "last-modified"),
        section=_string(said.get("articleSection")) or meta("article:section"),
        language=tree.get("lang") or _xml_lang(tree) or _string(said.get("inLanguage"))
        or meta("og:locale"),
        image=_string(image.get("url") or image.get("contentUrl"))
        or meta("og:image", "twitter:image"),
        image_alt=meta("og:image:alt", "twitter:image:alt"),
        image_caption=_string(image.get("caption")),
        image_credit=_string(image.get("creditText") or image.get("copyrightNotice")),
        authors=authors,
        tags=tuple(metas.get("article:tag", ())) or tuple(_keywords(said.get("keywords"))),
    )  # fmt: skip


def _metas(tree: lxml_html.HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = unescape(meta.get("content") or "").strip()  # often escaped twice
        for attribute in ("property", "name", "itemprop"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, []).append(content)
    return found


def _canonical(tree: lxml_html.HtmlElement) -> str:
    links = (link for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    return next(filter(None, ((link.get("href") or "").strip() for link in links)), "")


def _xml_lang(tree: lxml_html.HtmlElement) -> str:
    return tree.get("xml:lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""


def _json_ld(tree: lxml_html.HtmlElement) -> dict[str, object]:
    """The first article among the page's JSON-LD objects; {} if there is none."""
    for script in tree.iter("script"):
        if (
            "ld+json" not in (script.get("type") or "").lower()
            or len(script.text or "") > JSON_LD_MAX
        ):
            continue
        text = re.sub(
            r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*$", "", script.text or ""
        )
        try:
            document = json.loads(text.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        for each in _objects(document):
            kinds = each.get("@type")
            if any(
                _ARTICLE.match(str(kind))
                for kind in (kinds if isinstance(kinds, list) else [kinds])
            ):
                return each
    return {}


def _objects(document: object, depth: int = 0) -> Iterator[dict[str, object]]:
    if isinstance(document, list) and depth < 5:
        for each in document:
            yield from _objects(each, depth + 1)
    elif isinstance(document, dict):
        yield document
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth < 5:
                yield from _objects(document.get(name), depth + 1)


def _first_object(value: object) -> dict[str, object]:
    """`image` and `publisher` may be an address, an object, or a list of either."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {"url": value} if isinstance(value, str) else {}


def _string(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return unescape(value).strip() if isinstance(value, str) else ""


def _people(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        name = _string(each.get("name")) if isinstance(each, dict) else _string(each)
        if name and not name.startswith("http"):
            yield from bylines.names(name)


def _keywords(value: object) -> Iterator[str]:
    if isinstance(value, str):
        value = value.split(",")
    yield from (
        (each.strip() for each in value if isinstance(each, str)) if isinstance(value, list) else ()
    )
