"""A subscriber, or a mishap, in, the HTML of the page for it out. Reads templates/pages.

The one place where the pages' templates are printed; app.py decides which page it is.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote

import structlog
from markupsafe import Markup

from newsdesk.web.phrases import Phrases, phrases
from newsletter import languages, look
from newsletter.edition import RegionNames
from newsletter.model import Newsletter, Subscriber
from newsletter.pages import FOLDER
from newsletter.palette import palette
from newsletter.render import TemplateError, printed
from newsletter.text import href, plain
from newsletter.view import REGIONS_SHOWN_MAX
from newsletter.words import Words, direction

log = structlog.get_logger()

#: The pages that are ways themselves: they say where the reader is.
_WAYS = {"feeds.html.j2": "feeds", "subscribe.html.j2": "by_mail"}

#: U+2068 and U+2069: what is between them is set by itself, whatever way the line runs.
_ISOLATED = "\u2068{}\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the page of an answer says."""

    title: str
    tone: str  # "fine" | "wrong": the colour of the rule beside it
    sentence: str
    way_on: str


class Pages:
    """Every page of one newsletter, in its readers' languages."""

    def __init__(self, newsletter: Newsletter, table: RegionNames, public: Path) -> None:
        self.newsletter, self.table, self.public = newsletter, table, public
        self.sender = parseaddr(newsletter.reply_to or newsletter.sender)[1]
        self.style = self._print(
            "pages.css.j2", {"colours": palette(newsletter.accent, newsletter.mark), "look": look}
        )

    @property
    def style_hash(self) -> str:
        """The style sheet as a Content-Security-Policy names it."""
        return f"sha256-{base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()}"

    def ask(self, subscriber: Subscriber, action: str) -> str:
        """What they get, and the button that ends it by a POST to `action`."""
        words, say = words_of(subscriber.language)
        now = say.now.format(
            address=address_of(subscriber, say),
            each_day=words.each_day(subscriber.hour, subscriber.time_zone, subscriber.days),
            regions=self.regions(subscriber.regions, words),
        )
        return self.printed(
            "unsubscribe.html.j2",
            words,
            say,
            title=say.ask.format(name=isolated(self.newsletter.name)),
            now=now,
            action=action,
            way_on=say.other.format(sender=self.isolated_sender),
        )

    def done(self, subscriber: Subscriber) -> str:
        """They are unsubscribed, now or since long, and how to return."""
        words, say = words_of(subscriber.language)
        answer = Answer(
            title=say.done,
            tone="fine",
            sentence=say.done_means.format(address=address_of(subscriber, say)),
            way_on=say.back.format(sender=self.isolated_sender),
        )
        return self.answer(words, say, answer)

    def unknown(self) -> str:
        """Nothing is at this address; it does not say whether something ever was."""
        words, say = words_of(self.newsletter.language)
        answer = Answer(
            title=say.unknown,
            tone="wrong",
            sentence=say.unknown_means,
            way_on=say.unknown_way.format(sender=self.isolated_sender),
        )
        return self.answer(words, say, answer)

    def failed(self, mark: str) -> str:
        """It is our fault; `mark` stands in the log too."""
        words, say = words_of(self.newsletter.language)
        answer = Answer(
            title=say.failed,
            tone="wrong",
            sentence=say.failed_means,
            way_on=say.failed_way.format(sender=self.isolated_sender, mark=isolated(mark)),
        )
        return self.answer(words, say, answer)

    def feeds(self, **fields: object) -> str:
        """The page of all feeds, in the newsletter's language; the fields are `listing.Listing`'s.

        Its words are its own (listing_words.py), under `list`.
        """
        words, say = words_of(self.newsletter.language)
        title = getattr(fields["list"], "title", words.feeds)
        return self.printed("feeds.html.j2", words, say, title=title, **fields)

    def words(self, language: str) -> Words:
        """The words that pages in `language` are written in."""
        return words_of(language)[0]

    @property
    def isolated_sender(self) -> str:
        return isolated(self.sender)

    def regions(self, slugs: Sequence[str], words: Words) -> str:
        """The names of regions; one that the operator took away since has none."""
        names = []
        for slug in slugs:
            try:
                names.append(isolated(self.table.label(slug, words.language)))
            except ValueError:
                continue
        if len(names) > REGIONS_SHOWN_MAX:
            more = words.count(words.more_regions, len(names) - REGIONS_SHOWN_MAX)
            names[REGIONS_SHOWN_MAX:] = [more]
        return words.listed(names) if slugs else words.everywhere

    def answer(self, words: Words, say: Phrases, answer: Answer) -> str:
        """A page that says what was done, or what is wrong."""
        return self.printed("answer.html.j2", words, say, title=answer.title, answer=answer)

    def printed(self, name: str, words: Words, say: Phrases, **fields: object) -> str:
        """A template of templates/pages, with what every page needs."""
        ways = self._ways()
        names = {
            "lang": words.language,
            "dir": direction(words.language),
            "words": words,
            "say": say,
            "newsletter": self.newsletter,
            "site_url": href(self.newsletter.site_url),
            "feeds_url": ways["feeds"],
            "ways": [(url, getattr(words, label)) for label, url in ways.items()],
            "here": ways.get(_WAYS.get(name, "")),
            "mailto": f"mailto:{quote(self.sender, safe='@+')}",
            "heading": fields.pop("heading", ""),
            "style": Markup(self.style),  # noqa: S704  our own, colours and font names only
        }
        return self._print(name, names | fields)

    def _ways(self) -> dict[str, str]:
        """The pages that each page leads to, by the name of the word for it; "" is not there."""
        base = self.newsletter.mail_url
        stands = (self.public / FOLDER / "index.html").is_file()
        return {
            "editions": href(self.newsletter.archive_url) if stands else "",
            "feeds": href(f"{base}feeds/"),
            "by_mail": href(f"{base}subscribe"),
        }

    def _print(self, name: str, fields: Mapping[str, object]) -> str:
        """The operator's template, if they have one; where it fails readers get ours."""
        own = self.newsletter.templates
        try:
            return printed(f"pages/{name}", own, **fields)
        except TemplateError as error:
            if own is None:
                raise
            log.error("page template fails", error=str(error))
            return printed(f"pages/{name}", None, **fields)


def isolated(text: str) -> str:
    """A name as plain text, set by itself whatever way the line around it runs."""
    return _ISOLATED.format(plain(text))


def masked(address: str) -> str:
    """`a***@example.org`: its owner knows it again, whoever looks over their shoulder does not."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}***@{domain}"


def address_of(subscriber: Subscriber, say: Phrases) -> str:
    """Masked; after an erasure we no longer know it."""
    if not subscriber.address:
        return say.your_address
    return isolated(masked(subscriber.address))


def words_of(language: str) -> tuple[Words, Phrases]:
    words = languages.words(language)
    return words, phrases(words.language)
