"""What tests share: articles made of a few words, a fixed clock, a desk in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from articles.model import Article, Site

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A Sunday morning, seven o'clock UTC."""
    return NOW


@pytest.fixture
def site() -> Site:
    return Site(
        name="The Meridian",
        url="https://news.example.org/",
        public_url="https://news.example.org/",
        description="Foreign affairs, read slowly.",
    )


@pytest.fixture
def make_article() -> Callable[..., Article]:
    """`make_article("Title", hours_ago=3, regions=("syria",))`: a clean Article, numbered."""
    count = 0

    def make(title: str = "A headline", *, hours_ago: float = 1, **fields: Any) -> Article:
        nonlocal count
        count += 1
        number = fields.pop("number", count)
        published_at = fields.pop("published_at", NOW - timedelta(hours=hours_ago))
        body_text = fields.pop("body_text", f"{title}. One sentence of the body.")
        return Article(
            **{
                "id": f"tag:news.example.org,2026:article/{number}",
                "number": number,
                "title": title,
                "url": f"https://news.example.org/a/{number}",
                "standfirst": f"What {title.lower()} means.",
                "body_text": body_text,
                "body_html": f"<p>{body_text}</p>",
                "authors": ("Ines Halvorsen",),
                "language": "en",
                "published_at": published_at,
                "updated_at": published_at,
            }
            | fields
        )

    return make
