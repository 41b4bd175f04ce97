"""The digest for those who read feeds and no mail."""

from __future__ import annotations

from datetime import datetime, timedelta

import feedparser

from articles.model import Site
from feeds import digest


def test_each_edition_is_an_entry_in_every_format(site: Site, now: datetime) -> None:
    issues = [
        {
            "id": f"tag:news.example.org,2026:edition/{day}",
            "title": f"Edition {day} & more",
            "url": f"https://news.example.org/editions/{day}.html",
            "published_at": now - timedelta(days=day),
            "summary": "Middle East",
            "content_html": "<ul><li>Aleppo</li></ul>",
        }
        for day in range(40)
    ]

    made = dict(digest.files(issues, "The Meridian Daily", site))

    assert list(made) == ["feeds/digest.rss", "feeds/digest.atom", "feeds/digest.json"]
    for name in ("feeds/digest.rss", "feeds/digest.atom"):
        parsed = feedparser.parse(made[name])
        assert not parsed.bozo
        assert parsed.feed.title == "The Meridian Daily"
        assert len(parsed.entries) == digest.ISSUES_MAX
        assert parsed.entries[0].id == "tag:news.example.org,2026:edition/0"
        assert parsed.entries[0].title == "Edition 0 & more"
        assert "<li>Aleppo</li>" in parsed.entries[0].content[0].value


def test_while_no_edition_is_new_nothing_is_written(site: Site) -> None:
    assert list(digest.files((), "The Meridian Daily", site)) == []
