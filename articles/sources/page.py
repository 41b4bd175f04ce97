"""An article's HTML page in, a draft without the page's furniture out. Pure: nothing is fetched."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import trafilatura
from lxml import etree
from lxml import html as lxml_html

from articles.model import Draft, Refusal
from articles.sources import bylines, dates, jsonl, metadata, text
from articles.sources.metadata import Metadata

#: Pages are 50 kB to 2 MB; finding the text of a longer one takes minutes.
PAGE_BYTES_MAX = 8_388_608
#: Elements at a body's beginning that may be the headline, the byline, the date once more.
LEADING = 8

_CREDITS = " | ".join(
    f".//*[contains(@class, '{part}')]" for part in ("redit", "opyright", "hotograph", "ource")
) + " | .//cite | .//small"  # fmt: skip
_BETWEEN_NAMES = re.compile(r"\s+[|–—»·•-]\s+")


def read(data: bytes, *, url: str = "", published: str = "") -> Draft | Refusal:
    """The article of a page. `url` and `published` stand in where the page does not say them."""
    if len(data) > PAGE_BYTES_MAX:
        return Refusal(
            where="", reason=f"larger than {PAGE_BYTES_MAX >> 20} MiB; a page is smaller"
        )
    tree = trafilatura.load_html(data)
    if tree is None:
        return Refusal(where="", reason="no HTML newsdesk can read; save the page again")
    said = metadata.read(tree)
    title = _title(tree, said)
    if not title:
        return Refusal(where="", reason="no headline found in the page")
    address = url or said.url
    figure = _lead_figure(tree, said.image)
    image = said.image or _source(figure)
    caption, credit = _caption(figure, said)
    published_at = said.published or _time_element(tree) or published
    return Draft(
        source_key=address or jsonl.key_of(title),
        url=address,
        title=title,
        standfirst="" if said.standfirst == title else said.standfirst,
        body_html=_body(tree, address, title, said),
        authors=said.authors or _byline(tree),
        language=said.language,
        published_at=published_at,
        updated_at=said.updated,
        section=said.section,
        tags=said.tags,
        image_url=urljoin(address, image) if image else "",
        image_alt=_alt(figure) or said.image_alt,
        image_caption=caption,
        image_credit=credit,
    )


def _words(element: lxml_html.HtmlElement | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _title(tree: lxml_html.HtmlElement, said: Metadata) -> str:
    """The headline readers see; what machines are told where there is no single one, or another."""
    for path in ("//article//h1", "//main//h1", "//h1"):
        found = {words for each in tree.xpath(path) if (words := _words(each))}
        if len(found) == 1:
            seen = found.pop()
            # An h1 may hold the site's name, or the kicker with the headline.
            return said.title if _is_other(seen, said) else seen
    return said.title or _without_site(_words(tree.find(".//title")), said.site)


def _is_other(seen: str, said: Metadata) -> bool:
    told = set(said.title.lower().split())
    return bool(told) and (said.title in seen or told.isdisjoint(seen.lower().split()))


def _without_site(tab: str, site: str) -> str:
    """`Headline | Site` without the site: the part of most words, if the site is not named."""
    parts = [part for part in _BETWEEN_NAMES.split(tab) if part.strip() and part.strip() != site]
    return max(parts, key=lambda part: len(part.split()), default="").strip()


def _lead_figure(tree: lxml_html.HtmlElement, image: str) -> lxml_html.HtmlElement | None:
    """The figure that holds the lead image, else the article's first with a picture."""
    figures = tree.xpath("//figure[.//img]")
    name = _file_name(image)
    same = [
        each
        for each in figures
        if name and any(name in (img.get("src") or "") for img in each.iter("img"))
    ]
    whole = "//article[.//h1] | //main[.//h1] | //article[count(//article) = 1]"  # others are cards
    within = tree.xpath(f"({whole})//figure[.//img]")
    return next(iter(same or within), None)


def _file_name(address: str) -> str:
    """Pages scale pictures by their query and folder; the file's name mostly stays."""
    return re.sub(r"[?#].*", "", address).rpartition("/")[2]


def _source(figure: lxml_html.HtmlElement | None) -> str:
    images = figure.iter("img") if figure is not None else ()
    return next(filter(None, (img.get("src") for img in images)), "")


def _alt(figure: lxml_html.HtmlElement | None) -> str:
    images = figure.iter("img") if figure is not None else ()
    return next(filter(None, (" ".join((img.get("alt") or "").split()) for img in images)), "")


def _caption(figure: lxml_html.HtmlElement | None, said: Metadata) -> tuple[str, str]:
    """(caption, credit): what readers see, the credit taken out of the caption."""
    caption = figure.find(".//figcaption") if figure is not None else None
    if caption is None:
        return said.image_caption, said.image_credit
    credit = _words(next(iter(caption.xpath(_CREDITS)), None))
    words = _words(caption)
    if credit and words.endswith(credit):
        return words.removesuffix(credit).strip(" |/–—-"), text.without_credit_label(credit)
    words, after = text.credited(words)
    return words, credit or after or said.image_credit


def _time_element(tree: lxml_html.HtmlElement) -> str:
    found = tree.xpath("(//article | //main | //header)//time[@datetime]")
    return (found[0].get("datetime") or "").strip() if found else ""


def _byline(tree: lxml_html.HtmlElement) -> tuple[str, ...]:
    path = (
        "(//article | //main | //body)//*[@rel='author' or @itemprop='author'"
        " or contains(concat(' ', @class, ' '), ' byline ')]"
    )
    words = next(filter(None, map(_words, tree.xpath(path))), "")
    return bylines.names(words) if len(words) < bylines.BYLINE_MAX else ()


def _body(tree: lxml_html.HtmlElement, address: str, title: str, said: Metadata) -> str:
    markup = trafilatura.extract(
        tree,
        url=address or None,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        include_tables=True,
    )
    if not markup:
        return ""
    body = lxml_html.document_fromstring(markup).find("body")
    assert body is not None  # the parser makes one
    for each in list(body)[:LEADING]:
        if _is_repeated(each, title, said):
            body.remove(each)
    parts = (etree.tostring(each, encoding="unicode", method="html") for each in body)
    return (body.text or "") + "".join(parts)


def _is_repeated(element: lxml_html.HtmlElement, title: str, said: Metadata) -> bool:
    """Whether it says what the draft's other fields say already."""
    if element.tag in ("img", "graphic"):
        name = _file_name(said.image)
        return bool(name) and name in (element.get("src") or "")
    words = _words(element)
    if not words or len(words) > text.HEADLINE_CHARS * 2:
        return False
    return (
        words in (title, said.standfirst, said.title)
        or dates.labelled(words) is not None
        or bool(dates.alone(words))
        or (element.tag != "ul" and bylines.begins_as_byline(words) and len(words) < 80)
    )
