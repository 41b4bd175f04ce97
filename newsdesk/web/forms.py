"""What somebody chose, or typed wrongly, in, the HTML of the forms out. Pure but for templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from articles.regions import RegionTable
from newsdesk.web.form_words import FormWords, form_words
from newsdesk.web.pages import Answer, Pages, address_of, isolated, masked, words_of
from newsdesk.web.phrases import Phrases
from newsletter import hours, languages
from newsletter.budget import LENGTHS
from newsletter.model import Subscriber
from newsletter.text import plain
from newsletter.wishes import Wish
from newsletter.words import Words, own_name, weekdays

#: Regions shown before the rest is folded away: those this newsroom writes about most.
SETS_SHOWN = 12

#: How long one can pause without leaving, in the order of FormWords.pauses.
PAUSES = (timedelta(days=7), timedelta(days=14), timedelta(days=30))


Counts = Mapping[str, int]  # region -> live articles


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a form shows as chosen."""

    regions: Sequence[str] = ()
    hour: str
    time_zone: str
    language: str
    days: int
    minutes: int
    form: str
    pause: str = ""


class Forms:
    """The forms of one newsletter, in its readers' languages."""

    def __init__(self, pages: Pages, table: RegionTable) -> None:
        self.pages, self.table = pages, table

    def subscribe(self, chosen: Chosen, busy: Counts, *, address: str = "", error: str = "") -> str:
        """The form for somebody new, with what they typed before and what is wrong with it.

        `busy` says how many articles each region has.
        """
        words, say, form = self._words(chosen.language)
        title = f"{form.error}: {form.title}" if error else form.title
        return self.pages.printed(
            "subscribe.html.j2",
            words,
            say,
            title=title,
            heading=form.title,
            form=form,
            address=plain(address),
            error=error,
            fields=self._fields(chosen, busy, words, form),
        )

    def asked(self, language: str) -> str:
        """It was written down; the same for every address."""
        words, say, form = self._words(language)
        return self.pages.answer(words, say, self._said(form.asked, form.asked_means, say))

    def too_many(self, language: str) -> str:
        """They, or all together, ask too often."""
        words, say, form = self._words(language)
        answer = self._said(form.too_many, form.too_many_means, say, tone="wrong")
        return self.pages.answer(words, say, answer)

    def confirm(self, wish: Wish) -> str:
        """What they asked for, and the button that begins it."""
        words, say, form = self._words(wish.language)
        return self.pages.printed(
            "confirm.html.j2",
            words,
            say,
            title=form.confirm,
            form=form,
            means=form.confirm_means.format(
                address=isolated(masked(wish.address)),
                each_day=words.each_day(wish.hour, wish.time_zone, wish.days),
                regions=self.pages.regions(wish.regions, words),
            ),
        )

    def confirmed(self, subscriber: Subscriber, now: datetime, preferences: str) -> str:
        """They are subscribed, and what comes when."""
        words, say, form = self._words(subscriber.language)
        return self.pages.printed(
            "confirmed.html.j2",
            words,
            say,
            title=form.confirmed,
            sentence=form.confirmed_means.format(
                address=address_of(subscriber, say), next=_next(subscriber, now, words)
            ),
            preferences=preferences,
        )

    def expired(self, language: str, form_url: str) -> str:
        """The confirmation link works no more."""
        words, say, form = self._words(language)
        return self.pages.printed(
            "expired.html.j2", words, say, title=form.expired, form=form, form_url=form_url
        )

    def preferences(
        self,
        subscriber: Subscriber,
        chosen: Chosen,
        busy: Counts,
        *,
        lately: int,
        here: str,
        leave: str,
        until: date | None = None,
        note: str = "",
        tone: str = "fine",
    ) -> str:
        """What a subscriber chose, to be changed; `lately` is last week's stories in it."""
        words, say, form = self._words(subscriber.language)
        asked = subscriber.asked_at.astimezone(ZoneInfo(subscriber.time_zone)).date()
        return self.pages.printed(
            "preferences.html.j2",
            words,
            say,
            title=f"{form.error}: {form.yours}" if tone == "wrong" else form.yours,
            heading=form.yours,
            form=form,
            since=form.since.format(address=address_of(subscriber, say), day=words.plain(asked)),
            fields=self._fields(chosen, busy, words, form, until),
            lately=_lately(form, words, lately),
            here=here,
            leave=leave,
            note=note,
            tone=tone,
        )

    def saved(self, subscriber: Subscriber, until: date | None, now: datetime) -> str:
        """What is said above the form after a change."""
        words, _say, form = self._words(subscriber.language)
        if until is not None:
            return form.saved_paused.format(day=words.plain(until))
        return form.saved.format(next=_next(subscriber, now, words))

    def wrong(self, subscriber: Subscriber, what: str) -> str:
        """What is said above the form when a choice cannot be."""
        return self._words(subscriber.language)[2].wrong.format(what=plain(what))

    def erase(self, subscriber: Subscriber) -> str:
        """The question before everything is erased."""
        words, say, form = self._words(subscriber.language)
        return self.pages.printed("erase.html.j2", words, say, title=form.erase_ask, form=form)

    def erased(self, language: str) -> str:
        """It is done."""
        words, say, form = self._words(language)
        return self.pages.answer(words, say, self._said(form.erased, form.erased_means, say))

    def bad_address(self, language: str) -> str:
        return self._words(language)[2].bad_address

    def agreed(self, language: str) -> str:
        """What stands beside the button: what they agree to by pressing it."""
        return self._words(language)[2].agreed

    def _said(self, title: str, sentence: str, say: Phrases, tone: str = "fine") -> Answer:
        return Answer(
            title=title,
            tone=tone,
            sentence=sentence,
            way_on=say.other.format(sender=self.pages.isolated_sender),
        )

    def _words(self, language: str) -> tuple[Words, Phrases, FormWords]:
        words, say = words_of(language)
        return words, say, form_words(words.language)

    def _fields(
        self,
        chosen: Chosen,
        busy: Counts,
        words: Words,
        form: FormWords,
        until: date | None = None,
    ) -> dict[str, object]:
        """Everything that can be chosen, as the templates print it."""
        sets, countries = self._regions(chosen, words.language)
        shown, folded = _parted(sets, busy)
        return {
            "sets": shown,
            "more_sets": folded,
            "more": words.count(words.more_regions, len(folded)),
            "countries": countries,
            "countries_open": any(each.chosen for each in countries),
            "hours": _hours(chosen.hour),
            "zones": [
                (area, [Option(name, label, name == chosen.time_zone) for name, label in zones])
                for area, zones in _zones()
            ],
            "other_zone": "" if chosen.time_zone in _listed_zones() else chosen.time_zone,
            "languages": _languages(chosen.language),
            "days": _days(chosen.days, words.locale),
            "lengths": [
                Option(str(minutes), words.count(words.minutes, minutes), minutes == chosen.minutes)
                for minutes in LENGTHS
            ],
            "form": chosen.form,
            "pauses": _pauses(chosen.pause, until, words, form),
        }

    def _regions(self, chosen: Chosen, language: str) -> tuple[list[Option], list[Option]]:
        """Sets, then countries, each by name."""
        countries = {self.table.slugs((code,))[0] for code in self._country_codes()}
        options = [
            Option(each.slug, self.table.label(each.slug, language), each.slug in chosen.regions)
            for each in self.table.regions
        ]
        options.sort(key=lambda each: each.label)
        return (
            [each for each in options if each.value not in countries],
            [each for each in options if each.value in countries],
        )

    def _country_codes(self) -> set[str]:
        return {code for each in self.table.regions for code in each.countries}


def _parted(sets: Sequence[Option], busy: Counts) -> tuple[list[Option], list[Option]]:
    """The busiest and the chosen ones, and the rest."""
    by_articles = sorted(sets, key=lambda each: -busy.get(each.value, 0))
    first = {each.value for each in by_articles[:SETS_SHOWN]}
    shown = [each for each in sets if each.chosen or each.value in first]
    return shown, [each for each in sets if each not in shown]


def _next(subscriber: Subscriber, now: datetime, words: Words) -> str:
    """ "on Monday at 06:30 in Berlin"."""
    zone = ZoneInfo(subscriber.time_zone)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(8)):
        at = hours.instant(day, subscriber.hour, subscriber.time_zone)
        if at is not None and at > now and subscriber.days >> day.weekday() & 1:
            return words.each_day(subscriber.hour, subscriber.time_zone, 1 << day.weekday())
    return words.each_day(subscriber.hour, subscriber.time_zone, subscriber.days)


def _lately(form: FormWords, words: Words, number: int) -> str:
    if number == 0:
        return form.lately["zero"]
    return words.count(form.lately, number)


def _hours(chosen: str) -> list[Option]:
    steps = [f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)]
    return [Option(each, each, each == chosen) for each in sorted({*steps, chosen})]


def _languages(chosen: str) -> list[Option]:
    own_names = {tag: own_name(tag) for tag in languages.LANGUAGES}
    if chosen not in own_names:
        own_names = {chosen: chosen, **own_names}
    return [Option(tag, name, tag == chosen) for tag, name in own_names.items()]


def _days(chosen: int, locale: str) -> list[Option]:
    return [
        Option(str(1 << n), name, bool(chosen >> n & 1)) for n, name in enumerate(weekdays(locale))
    ]


def _pauses(chosen: str, until: date | None, words: Words, form: FormWords) -> list[Option]:
    options = [Option("", form.not_paused, not chosen and until is None)]
    if until is not None:
        kept = form.paused_until.format(day=words.plain(until))
        options.append(Option("keep", kept, chosen in ("", "keep")))
    labels = zip(PAUSES, form.pauses, strict=True)
    return options + [
        Option(str(pause.days), label, chosen == str(pause.days)) for pause, label in labels
    ]


@lru_cache(maxsize=1)
def _zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Areas, each with its zones' names and cities: Europe, [(Europe/Berlin, Berlin), ...]."""
    areas: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        area, _, city = name.partition("/")
        if city and area in _AREAS:
            areas.setdefault(area, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return [*areas.items(), ("UTC", [("UTC", "UTC")])]


@lru_cache(maxsize=1)
def _listed_zones() -> frozenset[str]:
    return frozenset(name for _area, zones in _zones() for name, _label in zones)


_AREAS = frozenset(
    {
        *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia"),
        *("Europe", "Indian", "Pacific"),
    }
)
