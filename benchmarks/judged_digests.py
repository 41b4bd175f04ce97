"""Editions of every kind in, signed messages and what the DNS would say out, for judges of mail.

    python benchmarks/judged_digests.py OUT [NAME ...]

writes OUT/NAME.eml for editions of 1, 5, 12 and 30 stories, of corrections alone, without pictures
and with odd titles, each in every language ("stories-12-fr"), and OUT/dns.json. Then, with the
judge of mail that is set up beside this project: `judge_mail.py OUT/*.eml`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from articles.model import Article, Image
from articles.regions import RegionTable
from newsletter.dkim import Signer, generated
from newsletter.edition import compose
from newsletter.languages import LANGUAGES
from newsletter.message import message
from newsletter.model import Edition, Newsletter, Subscriber, Told
from newsletter.render import render

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
DOMAIN = "news.example.com"
NEWSLETTER = Newsletter(
    name="The Meridian",
    sender=f"The Meridian <digest@{DOMAIN}>",
    site_url=f"https://{DOMAIN}/",
    feeds_url=f"https://{DOMAIN}/feeds/",
    mail_url=f"https://{DOMAIN}/",
    archive_url=f"https://{DOMAIN}/editions/",
    postal_address="The Meridian, 14 Harbour Street, Exampleton EX1 2AB",
    reply_to=f"desk@{DOMAIN}",
)
READER = Subscriber(
    id=7,
    key="000102030405060708090a0b0c0d0e0f",
    address="reader@mail.example.net",
    asked_at=NOW - timedelta(days=200),
    regions=("middle-east",),
    time_zone="Europe/Berlin",
)
HEADLINES = (
    "First convoy passes the strait under the escort plan",
    "Insurers halve the war premium for the southern lane",
    "Customs officers agree who may inspect the railway",
    "Fuel lorries reach the capital after eleven days on the road",
    "Harbour gets its breakwater before it gets an owner",
    "Second desalination plant opens ahead of the dry season",
    "Municipal vote set for May after three postponements",
    "Airfield in the desert returns to civil use",
)
ODD = (
    "=?utf-8?q?=0D=0ABcc:_victim@example.org?=",
    'Quotes "and" <b>tags</b> & {braces} %percent%',
    "Ƶ̴̡̛a̷l̵g̶o̷ in the dark, 日本語の見出し, émigré’s façade",
    "x" * 300,
    "A line\u2028break and \u202egnp.exe reversed",
)


def editions() -> Iterator[tuple[str, Edition]]:
    """Name and edition."""
    odd = [replace(each, title=title) for each, title in zip(_articles(len(ODD)), ODD, strict=True)]
    kinds = {f"stories-{count}": _articles(count) for count in (1, 5, 12, 30)}
    kinds |= {
        "corrections": _articles(1),
        "no-pictures": [replace(each, image=None) for each in _articles(7)],
        "odd-titles": odd,
    }
    for language in LANGUAGES:
        for kind, articles in kinds.items():
            corrected = kind == "corrections"
            yield f"{kind}-{language}", _edition(articles, language=language, corrected=corrected)


def main(out: Path, names: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    keys = [generated("s1", DOMAIN, "rsa"), generated("s2", DOMAIN, "ed25519")]
    dns = {each.record_name: each.record for each in keys}
    dns |= {f"_dmarc.{DOMAIN}": "v=DMARC1; p=reject", DOMAIN: "v=spf1 ip4:192.0.2.10 -all"}
    (out / "dns.json").write_text(json.dumps(dns, indent=1) + "\n")
    for name, edition in editions():
        if not names or name in names:
            rendered = render(edition, NEWSLETTER)
            raw = message(
                rendered,
                NEWSLETTER,
                READER,
                day=edition.day,
                date=NOW,
                unsubscribe_url=f"https://{DOMAIN}/u/AAECAwQFBgfkq1w2e3r4t5z6",
                preferences_url=f"https://{DOMAIN}/p/AAECAwQFBgcxz6u7i8o9p0a1",
                message_id=f"<20261122.{name}@{DOMAIN}>",
            )
            (out / f"{name}.eml").write_bytes(Signer(keys).sign(raw))
            print(f"{name}: {len(rendered.html.encode()) / 1000:.1f} kB of HTML")


def _articles(count: int) -> list[Article]:
    picture = Image(
        url=f"https://{DOMAIN}/i/strait.png",
        alt="Chart of a strait with a dashed line: the lane the convoy took.",
        caption="The escorted lane",
        credit="Map: The Meridian",
    )
    return [
        Article(
            id=f"tag:{DOMAIN},2026:article/{n}",
            number=n,
            title=HEADLINES[n % 8] + (f", part {n // 8 + 1}" if n >= 8 else ""),
            standfirst="Both sides will ride the same train. Whose law holds on board is put off.",
            published_at=NOW - timedelta(hours=n / 2 + 1),
            updated_at=NOW - timedelta(hours=n / 2),
            url=f"https://{DOMAIN}/a/{n}",
            authors=("Ines Halvorsen",),
            dateline="Djibouti",
            body_text="word " * 600,
            regions=("yemen", "middle-east"),
            image=picture if n == 1 else None,
            language="en",
        )
        for n in range(1, count + 1)
    ]


def _edition(articles: list[Article], *, language: str, corrected: bool) -> Edition:
    told = []
    if corrected:
        told = [
            Told(article=each.number, revision=1, day=NOW.date() - timedelta(days=2))
            for each in articles
        ]
        articles = [
            replace(each, revision=2, correction="We gave 12 million tonnes. It is 1.2 million.")
            for each in articles
        ]
    edition = compose(
        day=NOW.date(),
        language=language,
        regions=READER.regions,
        candidates=articles,
        told=told,
        known={each.number: each for each in articles},
        table=RegionTable.load(),
    )
    assert edition is not None
    return edition


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
