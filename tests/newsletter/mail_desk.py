"""A desk with articles and subscribers in a folder, for tests of the day's sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from articles.intake import take_in
from articles.model import Draft, Site
from articles.regions import RegionTable
from articles.store import Store
from newsletter import schema, subscribers
from newsletter.digest import Delivered, Plan, Until, deliver, plan
from newsletter.ledger import Ledger
from newsletter.model import Newsletter, Subscriber
from newsletter.post import Post
from newsletter.transport.protocol import Transport
from newsletter.wishes import checked, resolver

#: A Sunday, seven o'clock UTC.
MORNING = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SECRETS = ["a secret of the test's desk"]

SITE = Site(
    name="The Meridian", url="https://news.example.org/", public_url="https://news.example.org/"
)
NEWSLETTER = Newsletter(
    name="The Meridian",
    sender="The Meridian <digest@example.org>",
    site_url="https://news.example.org/",
    feeds_url="https://news.example.org/feeds/",
    mail_url="https://news.example.org/mail/",
    postal_address="1 Press Lane, Exampletown",
)
TABLE = RegionTable.load()

#: Enough different words that no two of them are one story.
SUBJECTS = (
    "Ferry line reopens after harbour repairs|Morocco",
    "Parliament votes on the water law|Jordan",
    "Copper miners end their strike|Chile",
    "Storm cuts power to the northern islands|Philippines",
    "Central bank keeps its rate|Turkey",
    "Vaccination drive reaches the highlands|Peru",
    "Railway tunnel breaks through|Austria",
    "Court hears the fishing dispute|Iceland",
    "Grain terminal catches fire|Ukraine",
    "Schools close over smog|India",
)


@dataclass
class Desk:
    """One store, with what the lead's program would do to it."""

    store: Store
    ledger: Ledger
    newsletter: Newsletter = NEWSLETTER

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> Desk:
        store = Store.open(folder / "store.db", schema.migrations, create=create)
        store.name_desk("news.example.org", "2026-01-01")
        return cls(store, Ledger(store.db))

    def close(self) -> None:
        self.store.close()

    def publish(self, title: str, at: datetime, *regions: str, key: str = "", **more: str) -> None:
        """What a newsroom does; a second time with the same key is a correction."""
        body = f"<p>{title}. {more.pop('body', 'What happened, in a sentence.')}</p>"
        draft = Draft(
            title=title,
            source="test",
            source_key=key or title,
            url=f"https://news.example.org/{(key or title).lower().replace(' ', '-')}",
            standfirst=f"{title}: the background.",
            body_html=body,
            authors=("Ines Halvorsen",),
            published_at=at.isoformat(),
            updated_at=at.isoformat(),
            regions=regions,
            **{"language": "en", **more},
        )
        self.store.save([draft])
        take_in(self.store, TABLE, SITE, max(at, MORNING) + timedelta(seconds=1))

    def publish_some(self, count: int, before: datetime) -> None:
        for n, line in enumerate(SUBJECTS[:count]):
            title, _, region = line.partition("|")
            self.publish(title, before - timedelta(hours=n + 1), region)

    def subscribe(
        self,
        address: str,
        *regions: str,
        at: datetime = MORNING - timedelta(days=30),
        hour: str = "07:00",
        time_zone: str = "UTC",
        **more: str,
    ) -> Subscriber:
        wish = checked(
            address,
            resolver(TABLE),
            regions=regions,
            hour=hour,
            time_zone=time_zone,
            **{"language": "en", **more},
        )
        return subscribers.add(self.store.db, wish, now=at, source="a test")

    def subscribe_many(self, count: int) -> list[str]:
        addresses = [f"reader{n:04}@example.org" for n in range(count)]
        for each in addresses:
            self.subscribe(each)
        return addresses

    def plan(self, now: datetime = MORNING, **options) -> Plan:
        return plan(self.store, self.ledger, self.newsletter, TABLE, SECRETS, now, **options)

    def deliver(
        self,
        way: Transport | Post,
        now: datetime = MORNING,
        *,
        limit: int | None = None,
        stop: Callable[[], bool] = lambda: False,
        **options,
    ) -> Delivered:
        """By a post, or by a single transport."""
        return deliver(
            self.ledger,
            way if isinstance(way, Post) else Post.by(way),
            self.newsletter,
            SECRETS,
            lambda: now,
            until=Until(limit=limit, stop=stop),
            **options,
        )

    def states(self, day: date | None = None) -> dict[str, int]:
        return self.ledger.counts(day or MORNING.date())

    def subjects(self, subscriber: Subscriber) -> list[list[str]]:
        """The titles a subscriber was told, delivery by delivery, oldest first."""
        rows = self.store.db.execute(
            """
            SELECT d.day, t.title FROM deliveries d
            JOIN edition_articles a USING (edition_id)
            JOIN article_texts t ON t.article_id = a.article
            WHERE d.subscriber_id = ? ORDER BY d.day, t.title
            """,
            (subscriber.id,),
        ).fetchall()
        days: dict[str, list[str]] = {}
        for day, title in rows:
            days.setdefault(day, []).append(title)
        return list(days.values())


__all__ = ["MORNING", "NEWSLETTER", "SECRETS", "SUBJECTS", "Desk", "replace", "time"]
