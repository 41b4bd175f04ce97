"""Newsletter, Subscriber, Edition, Delivery: frozen values of the digest. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from articles.model import Article

#: A digest of all days: bit 0 is Monday, as `date.weekday` counts.
EVERY_DAY = 0b1111111

#: How a message comes: as HTML with its text beside it, or as text alone.
Format = Literal["html", "text"]

#: Fonts, all of them the reader's own: newsletter/look.py says which.
Fonts = Literal["paper", "book", "plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """The standing mail product, as the operator set it."""

    name: str
    sender: str  # the From header: "The Meridian <digest@example.org>"
    site_url: str  # ends in "/"
    feeds_url: str  # the page of the feeds, or their OPML
    mail_url: str  # unsubscribe and preference addresses begin with it; ends in "/"
    archive_url: str = ""  # the folder of past editions, ends in "/"; "" where there is none
    subscribe_url: str = ""  # the form; "" where no server of pages answers
    postal_address: str = ""
    reply_to: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    hour: time = time(7, 0)
    accent: str = "#14506A"
    mark: str = "#A6381E"
    fonts: Fonts = "paper"
    logo: str = ""  # the address of a picture that stands for the name, at most 36 px high
    logo_dark: str = ""  # the same for dark mode; "" where the one serves both
    templates: Path | None = None  # the operator's folder; what lies there stands for ours
    #: Later than this a digest is not sent: what it would have told comes with the next one. It
    #: also stops a restored backup from mailing old news.
    max_late: timedelta = timedelta(hours=6)

    @property
    def domain(self) -> str:
        """The sender's domain: it names the list and the messages."""
        return self.sender.rpartition("@")[2].rstrip("> ").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address that asked for the digest."""

    id: int
    key: str  # 32 hex digits: tokens and message ids are made of it; it says nothing of a person
    address: str
    asked_at: datetime
    regions: tuple[str, ...] = ()  # slugs; () is all regions
    hour: time = time(7, 0)
    time_zone: str = "UTC"
    language: str = "en"
    days: int = EVERY_DAY  # weekdays it comes on, bit 0 is Monday
    minutes: int = 5  # how long it may take to read: one of LENGTHS (newsletter/budget.py)
    format: Format = "html"
    paused_until: date | None = None  # the first local date they want one again


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as a subscriber was told it."""

    article: int  # Article.number
    revision: int
    day: date
    correction: str = ""  # the note it carried then; the same note is not announced again
    shown: bool = True  # False: only counted ("and 7 more"), so nothing of it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An article of this story that the subscriber got before, and when."""

    article: Article
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStory:
    """One story of an edition: its lead, what else is new in it, what was told before."""

    lead: Article
    related: tuple[Article, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    story: int | None = None
    tags: tuple[str, ...] = ()  # at most three names, countries before regions, reader's language


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An article that was corrected after it was mailed to this reader."""

    article: Article
    told_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A newsletter on one local date, for all who have these regions and were told the same."""

    day: date
    language: str
    regions: tuple[str, ...]  # names of what the subscriber follows; () is everything
    stories: tuple[EditionStory, ...]  # large ones first, the lead story at 0
    brief: tuple[EditionStory, ...] = ()  # one line each
    more: tuple[EditionStory, ...] = ()  # only counted: "and 7 more on the web"
    corrections: tuple[Correction, ...] = ()
    follows: tuple[str, ...] = ()  # the slugs of `regions`

    @property
    def story_count(self) -> int:
        """Stories, not lines: what overflows from a story into "In brief" is still that story."""
        every = (*self.stories, *self.brief, *self.more)
        return len({each.story or -each.lead.number for each in every})

    @property
    def told(self) -> tuple[Article, ...]:
        """Every article this edition tells, which its readers are never told again."""
        return (*self.shown, *(each.lead for each in self.more))

    @property
    def shown(self) -> tuple[Article, ...]:
        """Those of `told` that stand in it by name."""
        every = (*self.stories, *self.brief)
        new = [article for story in every for article in (story.lead, *story.related)]
        return (*new, *(correction.article for correction in self.corrections))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An edition as words, shared by all its readers; tokens stand where a reader's own go.

    A token is `newsdesk-SEAL-NAME` (newsletter/personal.py).
    """

    subject: str
    html: str
    text: str
    language: str  # BCP 47, of the words around the articles
    seal: str  # a hash of the whole content, so that no article can contain a token
    page: str = ""  # its permanent page within the archive: "2026-11-22/0a1b2c3d4e5f.html"

    def as_(self, form: Format) -> Rendered:
        """The same for a reader of this format; without HTML it is mailed as text alone."""
        return self if form == "html" else replace(self, html="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One edition to one subscriber, with its state."""

    id: int
    subscriber: int
    day: date
    edition: int
    state: str
    message_id: str
    attempts: int = 0
    reply: str = ""  # the server's last words
    server: str = ""  # the name of the one that was offered it last
