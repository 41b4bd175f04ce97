"""What the tests of the border share: an article of few words, and what must never leave it."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree, html

from articles import clean
from articles.model import Article, Draft

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
BASE = "https://news.example.org/2026/aid"
SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data")

#: What an article may hold; stated here anew, so that a slip in markup.py's own tables shows.
HARMLESS = set(
    "a abbr b bdi bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption "  # noqa: SIM905
    "figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong "
    "sub summary sup table tbody td tfoot th thead time tr u ul var wbr".split()
)
FETCHED = {"src", "href", "cite"}


def article(title: str = "A headline", **fields: object) -> Article:
    fields = {"url": BASE, "body_text": "Words."} | fields
    draft = Draft(title=title, **fields)  # type: ignore[arg-type]
    return clean.article(draft, id="tag:news.example.org,2026:article/1", first_seen_at=NOW)


def wrongs(markup: str) -> list[str]:
    """What a browser would run, fetch from elsewhere than the web, or not parse, in clean HTML."""
    found = []
    for element in html.fragment_fromstring(markup, create_parent="div").iter():
        tag = str(element.tag)
        if tag not in HARMLESS:
            found.append(f"<{tag}>")
        for name, value in element.attrib.items():
            if name.startswith("on") or name in ("style", "srcset", "class", "formaction"):
                found.append(name)
            web = ("http://", "https://") + (("mailto:", "#a") if name == "href" else ())
            if name in FETCHED and not value.startswith(web):
                found.append(f"{name}={value[:30]}")
    return found


def assert_valid(text: str) -> None:
    """XML 1.0 section 2.2, and nothing that ends a line but a newline."""
    etree.fromstring(f"<x>{text.translate({38: '', 60: ''})}</x>")
    assert not re.search("[\ud800-\udfff\x7f-\x9f\u2028\u2029\ufdd0-\ufdef]", text)
    assert unicodedata.is_normalized("NFC", text)
