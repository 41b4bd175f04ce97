"""A Draft in, an Article out that is valid and safe wherever it goes, or a refusal. Pure.

The border of the house: past it, text is valid XML 1.0 in NFC, HTML holds nothing that runs or
fetches from a private network, addresses are absolute http(s), times are aware UTC.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

from articles.addresses import URL_MAX, image_address, web_address
from articles.characters import CAPTION_MAX, cut, has_words, line
from articles.markup import MARKUP_MAX, RefusedError, html
from articles.model import Article, Draft, Image
from articles.moments import moment
from articles.plain import paragraphs_and_text, text_of_ours

__all__ = ["RefusedError", "article"]

#: Longer than any headline; past it mail subjects and feed lists break. Cut at a word, with "…".
TITLE_MAX = 300
#: A standfirst is a paragraph; feed readers show less. Cut at a word.
STANDFIRST_MAX = 1_000
#: A correction tells what was wrong and what is right; it is never a second article. Cut at a word.
CORRECTION_MAX = 2_000
#: A person's or a bureau's name, a tag. Longer ones are no names, and are cut.
NAME_MAX = 120
#: Names, tags, related headlines of one article; a list past it is a mistake of the source.
NAMES_MAX = 40
#: A body as it stands in a feed, UTF-8 with its markup escaped, so that an entry stays under 1 MiB.
BODY_BYTES_MAX = 1_000_000


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
    if not has_words(title):
        raise RefusedError("no headline: an article needs a title of at least one letter or sign")
    url = web_address(draft.url)
    standfirst = line(draft.standfirst, STANDFIRST_MAX)
    body_html, body_text = _body(draft, url, _prefix(id))
    if not (url or body_html or has_words(standfirst)):
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


def _body(draft: Draft, base: str | None, prefix: str) -> tuple[str, str]:
    """(HTML, text): the HTML the draft came with, or its text where that holds no word."""
    body = html(draft.body_html, base, prefix=prefix) if draft.body_html else ""
    if body:
        text = text_of_ours(body)
    else:
        if len(draft.body_text) > MARKUP_MAX:
            raise RefusedError(f"the body is over {MARKUP_MAX} characters long: shorten it")
        body, text = paragraphs_and_text(draft.body_text)
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


def _times(draft: Draft, first_seen_at: datetime, now: datetime) -> tuple[datetime, datetime]:
    published_at = moment(draft.published_at) or first_seen_at
    updated_at = max(moment(draft.updated_at) or published_at, published_at)
    return published_at, min(updated_at, max(published_at, now))


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


_EMAIL = re.compile(r"[<(\[]?(?:mailto:)?[^\s<>()\[\],;\"]+@[^\s<>()\[\],;\"]+[>)\]]?")
_BY = re.compile(r"by[:\s]\s*", re.I)


def _author(name: str) -> str:
    """A name without its e-mail address, without "By"; "" for what is no name."""
    name = _BY.sub("", _EMAIL.sub(" ", line(name, NAME_MAX)), count=1) if name else ""
    name = line(name.strip(' ,;|"/'), NAME_MAX)
    # Some pages give the author's profile where the name should be.
    return name if has_words(name) and not re.match(r"https?://", name, re.I) else ""


def _related(text: str) -> str:
    text = line(text, URL_MAX)
    if re.match(r"https?://", text, re.I):
        return web_address(text) or ""
    return cut(text, TITLE_MAX)


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


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for each in lines:
        if each and len(kept) < NAMES_MAX:
            kept.setdefault(each.casefold(), each)
    return tuple(kept.values())
