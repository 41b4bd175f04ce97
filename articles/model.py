"""Article, Image, Region, Placement, Story: frozen values, and the words of this house. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

#: The name of the feed that holds every article, whatever its region.
EVERYWHERE = "all"

#: How fast people read news prose, in words a minute; digest and pages round up.
WORDS_PER_MINUTE = 230


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication whose articles these are."""

    name: str
    url: str  # its home page, ends in "/"
    public_url: str  # where the desk's public/ folder is served, ends in "/"
    description: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    logo: str | None = None  # a picture's address, absolute
    hubs: tuple[str, ...] = ()  # the WebSub hubs that tell readers of news at once
    home: str | None = (
        None  # ISO code of the country its domestic news is about; None for a world site
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that was not taken in: where it stood, why, and what would help."""

    where: str  # "line 12", "entry 3", "article 41"; "" for the whole file
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that is no article and was never meant to be: it is counted, not complained of."""

    what: str  # "page", "attachment", "post for members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as it came in: nothing is known to be true, safe or present but the title.

    The fields are the columns of the `articles` table, the contract of docs/store.md. Text is as
    the source had it. `authors`, `tags`, `regions` and `related` are lists of words; in the table
    they are JSON lists.
    """

    title: str
    source: str = ""  # where it came from: a feed's address, a file's name, "" for a CMS
    source_key: str = ""  # its id there; importing the same pair again is a revision
    url: str = ""
    standfirst: str = ""
    body_html: str = ""
    body_text: str = ""  # used where there is no body_html; blank lines part paragraphs
    authors: tuple[str, ...] = ()
    language: str = ""  # BCP 47
    dateline: str = ""
    published_at: str = ""  # ISO 8601 or RFC 5322
    updated_at: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # the editor's: ISO 3166-1 codes, region names or slugs
    image_url: str = ""
    image_alt: str = ""
    image_caption: str = ""
    image_credit: str = ""
    status: str = "published"  # published | draft | withdrawn
    correction: str = ""  # what was wrong and what is right, in the newsroom's words
    related: tuple[str, ...] = ()  # headlines or addresses the page itself calls related


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture on the site's own web server; `url` is absolute http(s)."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town really named as where something happens, in the article's own words."""

    name: str
    country: str  # ISO 3166-1 alpha-2, or XK
    latitude: float | None = None  # degrees, WGS 84; None where our table does not have the town
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published piece, clean: valid text, safe HTML in `body_html`, aware UTC times."""

    id: str  # a tag: URI that never changes (RFC 4151); in a bare file, the file's own id
    title: str
    published_at: datetime
    updated_at: datetime
    url: str | None = None  # None where the piece has no page on the web
    standfirst: str = ""
    body_html: str = ""
    body_text: str = ""  # what body_html says, paragraphs parted by blank lines
    authors: tuple[str, ...] = ()
    language: str = ""  # BCP 47, "" where nobody said
    dateline: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: Image | None = None
    correction: str = ""
    related: tuple[str, ...] = ()
    regions: tuple[
        str, ...
    ] = ()  # slugs, most important first: countries, then the regions they are in
    place: Place | None = None
    number: int = 0  # the row in the store, 0 outside of one
    revision: int = 1  # counts changes of the words, not of the regions
    story: int | None = None

    @property
    def minutes(self) -> int:
        """Reading time of the article itself, rounded up, never less than 1."""
        return max(1, -(-len(self.body_text.split()) // WORDS_PER_MINUTE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A country (`syria`) or an editorial set of countries (`middle-east`); sets overlap."""

    slug: str
    name: str  # in the newsroom's language
    countries: frozenset[str]  # ISO 3166-1 alpha-2, and XK
    names: Mapping[str, str] = field(default_factory=dict)  # BCP 47 language -> name

    @property
    def is_country(self) -> bool:
        return len(self.countries) == 1


class Span(NamedTuple):
    """Words of an article that speak for a region: `article.<part>[start:end]` is `text`."""

    part: str  # dateline | title | standfirst | body_text
    start: int
    end: int
    text: str
    kind: str  # name | people | capital | city | state | place | seat | abbr


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One region of one article, with what speaks for it."""

    code: str  # ISO 3166-1 alpha-2, or the slug of an editorial region
    origin: str  # "editor" | "tagger"
    score: float  # 0..1; an editor's is 1
    evidence: tuple[Span, ...] = ()  # in reading order, each word once


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event or affair, told by one or more articles, oldest first."""

    id: int
    articles: tuple[Article, ...]

    @property
    def updated_at(self) -> datetime:
        return max(article.published_at for article in self.articles)
