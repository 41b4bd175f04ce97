"""An Edition in, everything its templates print out: chosen, shortened, dated, in order. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from articles.model import WORDS_PER_MINUTE, Article
from newsletter import languages
from newsletter.look import Look, look
from newsletter.model import Correction, Earlier, Edition, EditionStory, Newsletter
from newsletter.text import href, plain, shorten
from newsletter.words import Words, direction, primary

#: RFC 5322 asks for lines of 78; mail programs show 40 to 80 characters of a subject.
SUBJECT_CHARS_MAX = 78

#: What mail programs show after the subject.
PREHEADER_CHARS_MIN, PREHEADER_CHARS_MAX = 90, 130

#: Longer than any headline a newsroom means; a runaway one does not push the others out.
TITLE_CHARS_MAX = 220

#: Five lines on a desktop; a standfirst is two sentences.
STANDFIRST_CHARS_MAX = 420

#: A correction says what was said and what is right; past this the article says the rest.
CORRECTION_CHARS_MAX = 900

#: Captions and alternative texts: three lines.
CAPTION_CHARS_MAX = 300

#: Up to here an edition says that the day was quiet.
QUIET_STORIES_MAX = 2

#: Names of regions in the masthead and the footer before "and 9 more regions".
REGIONS_SHOWN_MAX = 6

#: BCP 47 as far as an attribute needs it.
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A headline with its address, its own language where that is another, and a word beside it."""

    text: str
    url: str = ""  # "" where it is not on the web
    lang: str = ""  # "" where it is the mail's own
    dir: str = ""
    tag: str = ""  # region, before it
    date: str = ""
    minutes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    url: str
    alt: str
    caption: str  # caption and credit; "" where there is neither


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story shown large."""

    headline: Line
    tags: str
    standfirst: str
    byline: str  # "Ines Halvorsen in Djibouti"; "" where nobody is named
    byline_dir: str  # "" where it is written in the mail's own direction
    picture: Picture | None
    related: tuple[Line, ...]
    earlier: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    text: str
    headline: Line  # of the article; its date is the day it was sent
    sent_on: str  # "Sent on 20 Nov"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that templates/digest.* may print."""

    language: str
    direction: str
    look: Look
    words: Words
    subject: str
    preheader: str
    name: str
    logo: str  # the address of a picture in place of the name; "" where there is none
    logo_dark: str
    site_url: str
    date: str
    summary: str
    web_url: str  # "" where the edition has no page
    opening: str  # the sentence of a quiet or correction-only edition, else ""
    stories: tuple[StoryView, ...]
    brief: tuple[Line, ...]
    more: str  # "and 7 more on the web", else ""
    more_url: str
    corrections: tuple[CorrectionView, ...]
    regions: str  # of the footer
    feeds_url: str
    postal_address: str

    @property
    def lines(self) -> Iterator[Line]:
        """Every headline that both parts have to show."""
        for story in self.stories:
            yield from (story.headline, *story.related, *story.earlier)
        yield from self.brief
        yield from (each.headline for each in self.corrections)


def view(edition: Edition, newsletter: Newsletter, *, web_url: str = "") -> View:
    """What the templates print for this edition; `web_url` is its page, if it has one."""
    say = languages.words(edition.language)
    stories = tuple(_story(each, say, lead=not at) for at, each in enumerate(edition.stories))
    brief = tuple(_line(each.lead, say, tag=_joined(each.tags, say)) for each in edition.brief)
    corrections = tuple(_correction(each, say) for each in edition.corrections)
    opening = _opening(edition, say)
    minutes = _minutes([opening, *_spoken(stories, brief, corrections)])
    return View(
        language=say.language,
        direction=direction(say.language),
        look=look(newsletter, say.language),
        words=say,
        subject=subject(edition, say),
        preheader=_preheader(edition, say),
        name=plain(newsletter.name),
        logo=href(newsletter.logo),
        logo_dark=href(newsletter.logo_dark),
        site_url=href(newsletter.site_url),
        date=say.long(edition.day),
        summary=_summary(edition, say, minutes),
        web_url=href(web_url),
        opening=opening,
        stories=stories,
        brief=brief,
        more=say.count(say.more, len(edition.more)) if edition.more else "",
        more_url=href(web_url or newsletter.site_url),
        corrections=corrections,
        regions=_regions(edition, say, say.listed),
        feeds_url=href(newsletter.feeds_url),
        postal_address=plain(newsletter.postal_address),
    )


def at(shown: View, web_url: str) -> View:
    """The same with its page at this address."""
    return replace(shown, web_url=href(web_url), more_url=href(web_url))


def subject(edition: Edition, say: Words) -> str:
    """The lead's headline, or which article is corrected; no longer than SUBJECT_CHARS_MAX."""
    if edition.stories:
        return shorten(edition.stories[0].lead.title, SUBJECT_CHARS_MAX)
    title = plain(edition.corrections[0].article.title)
    return shorten(say.correction_subject.format(title=title), SUBJECT_CHARS_MAX)


def _story(story: EditionStory, say: Words, *, lead: bool) -> StoryView:
    article = story.lead
    byline = _byline(article, say)
    return StoryView(
        headline=_line(article, say),
        tags=_joined(story.tags, say),
        standfirst=shorten(article.standfirst, STANDFIRST_CHARS_MAX),
        byline=byline,
        byline_dir=_turned(byline, say),
        picture=_picture(article, say) if lead else None,
        related=tuple(_line(each, say) for each in story.related),
        earlier=tuple(_earlier(each, say) for each in story.earlier),
    )


def _line(article: Article, say: Words, *, tag: str = "", date: str = "") -> Line:
    known = LANGUAGE_TAG.fullmatch(article.language)
    other = known and primary(article.language) != say.language
    return Line(
        text=shorten(article.title, TITLE_CHARS_MAX),
        url=href(article.url),
        lang=article.language if other else "",
        dir=direction(article.language) if other else "",
        tag=tag,
        date=date,
        minutes=say.count(say.minutes_short, article.minutes),
    )


def _earlier(earlier: Earlier, say: Words) -> Line:
    return _line(earlier.article, say, date=say.short(earlier.day))


def _correction(correction: Correction, say: Words) -> CorrectionView:
    sent = say.short(correction.told_on)
    return CorrectionView(
        text=shorten(correction.article.correction, CORRECTION_CHARS_MAX),
        headline=_line(correction.article, say, date=sent),
        sent_on=say.sent_on.format(date=sent),
    )


def _picture(article: Article, say: Words) -> Picture | None:
    image = article.image
    url = href(image.url) if image else ""
    if image is None or not url:
        return None
    caption, credit = shorten(image.caption, CAPTION_CHARS_MAX), plain(image.credit)
    return Picture(
        url=url,
        alt=_closed(shorten(image.alt, CAPTION_CHARS_MAX), say),
        caption=f"{_sentence(caption) if caption else ''} {credit}".strip(),
    )


def _byline(article: Article, say: Words) -> str:
    authors = say.listed([plain(each) for each in article.authors])
    place = plain(article.dateline)
    return (
        say.byline.format(authors=authors, place=place) if authors and place else authors or place
    )


def _turned(text: str, say: Words) -> str:
    """The direction of a text that runs against the mail's: the number after it would join in."""
    strong = (unicodedata.bidirectional(each) for each in text)
    first = next((each for each in strong if each in ("L", "R", "AL")), "")
    found = {"L": "ltr", "R": "rtl", "AL": "rtl"}.get(first, "")
    return "" if found == direction(say.language) else found


def _closed(text: str, say: Words) -> str:
    """An attribute has no direction of its own: a mark keeps the stop at the end of its words."""
    return text + {"ltr": "\u200e", "rtl": "\u200f", "": ""}[_turned(text, say)]


def _joined(names: tuple[str, ...], say: Words) -> str:
    return say.comma.join(plain(each) for each in names)


def _opening(edition: Edition, say: Words) -> str:
    if not edition.stories:
        return say.correction_only
    stories = edition.story_count
    return say.count(say.quiet, stories) if stories <= QUIET_STORIES_MAX else ""


def _spoken(
    stories: tuple[StoryView, ...], brief: tuple[Line, ...], corrections: tuple[CorrectionView, ...]
) -> Iterator[str]:
    """What of the mail is there to be read."""
    for each in stories:
        yield from (each.headline.text, each.standfirst, *(one.text for one in each.related))
    yield from (each.text for each in brief)
    yield from (each.text for each in corrections)


def _minutes(texts: list[str]) -> int:
    words = sum(len(each.split()) for each in texts)
    return max(1, -(-words // WORDS_PER_MINUTE))


def _summary(edition: Edition, say: Words, minutes: int) -> str:
    if edition.stories:
        counts = say.comma.join(
            (say.count(say.stories, edition.story_count), say.count(say.minutes, minutes))
        )
    else:
        counts = say.count(say.corrections, len(edition.corrections))
    return say.summary.format(counts=counts, regions=_regions(edition, say, say.comma.join))


def _regions(edition: Edition, say: Words, join: Callable[[Sequence[str]], str]) -> str:
    names = [plain(each) for each in edition.regions]
    if not names:
        return say.everywhere
    if len(names) > REGIONS_SHOWN_MAX:
        names[REGIONS_SHOWN_MAX:] = [say.count(say.more_regions, len(names) - REGIONS_SHOWN_MAX)]
    return join(names)


def _preheader(edition: Edition, say: Words) -> str:
    """The second and third headline, the number of corrections; the lead is the subject already."""
    if edition.stories:
        headlines = [each.lead.title for each in (*edition.stories[1:], *edition.brief)]
        said, spare = headlines[:2], [*headlines[2:], edition.stories[0].lead.standfirst]
        last = say.count(say.corrections, n) + "." if (n := len(edition.corrections)) else ""
    else:
        said, spare, last = [], [each.article.correction for each in edition.corrections], ""
    spare += [_opening(edition, say), say.long(edition.day)]
    while spare and len(_sentences(said)) + len(last) < PREHEADER_CHARS_MIN:
        said.append(spare.pop(0))
    return f"{shorten(_sentences(said), PREHEADER_CHARS_MAX - len(last))} {last}".strip()


def _sentences(texts: Sequence[str]) -> str:
    return " ".join(_sentence(plain(each)) for each in texts if each)


def _sentence(text: str) -> str:
    return text if re.search(r"[.!?…。؟]$", text) else f"{text}."
