"""Nothing hostile is alive in any output: proven in a real Chromium, and by another sanitiser.

Payloads are those of this file, and the collections of others where the shared data lie. DOMPurify
comes from npm (.ci/run installs it).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

from articles import clean, sources
from articles.errors import NewsdeskError
from articles.model import Article, Draft, Site
from articles.regions import RegionTable
from feeds import atom, jsonfeed, rss
from feeds.build import FEED_ARTICLES_MAX, build
from newsletter.render import render
from tests.newsletter.editions import NEWSLETTER, Newsroom

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PURIFY = ROOT / "node_modules" / "dompurify" / "dist" / "purify.min.js"
XSS = ROOT.parent / "shared" / "data" / "xss"
NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
#: A collection's line past this repeats itself.
PAYLOAD_CHARS = 5_000

#: media:description beside it is plain text, as its specification says.
HTML_IN_RSS = ("description", "{http://purl.org/rss/1.0/modules/content/}encoded")

OURS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    "onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img "
    "onerror=alert(1) src>'>",
    "<template><script>alert(1)</script></template>",
    "<p style='background:url(https://e.example/x)'>x",
    "<link rel=stylesheet href=https://e.example/x><base href=https://e.example/>",
    "<meta http-equiv=refresh content='0;url=https://e.example/'>",
    "<video poster=https://e.example/x><source src=https://e.example/v></video>",
    "]]><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "<img src='x` `onerror=alert(1)'>",
    "{{constructor.constructor('alert(1)')()}}",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
]  # fmt: skip


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str) and "<" in value:
        yield value


def collected() -> Iterator[str]:
    """What others collected, each payload by itself."""
    for path in sorted(XSS.glob("*")) if XSS.is_dir() else ():
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".json":
            yield from strings(json.loads(text))
        elif path.suffix == ".txt":
            yield from text.splitlines()
        else:
            yield text


def imported() -> Iterator[Draft]:
    """The hostile feeds among them as what they are: feeds."""
    for path in sorted(XSS.glob("*.xml")) if XSS.is_dir() else ():
        for found in sources.read(path.name, io.BytesIO(path.read_bytes())):
            if isinstance(found, Draft):
                yield found


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Each payload in every field an article has."""
    payloads = dict.fromkeys(one[:PAYLOAD_CHARS] for one in (*OURS, *collected()) if one.strip())
    drafts = [
        Draft(
            title=one, standfirst=one, body_html=one, authors=(one,), section=one, tags=(one,),
            dateline=one, correction=one, image_url=one, image_alt=one, image_caption=one,
            image_credit=one, related=(one,), url=f"https://news.example.org/{number}",
        )
        for number, one in enumerate(payloads)
    ]  # fmt: skip
    made = []
    for number, draft in enumerate([*drafts, *imported()], 1):
        try:
            id_ = f"tag:news.example.org,2026:article/{number}"
            made.append(clean.article(draft, id=id_, first_seen_at=NOW, number=number))
        except NewsdeskError:
            continue
    assert len(made) > len(OURS) // 2
    return made


class Watched:
    """A page in Chromium that tells what ran and what was asked for, and lets nothing through."""

    def __init__(self, context: BrowserContext) -> None:
        self.asked: list[str] = []
        self.context = context
        context.add_init_script(
            "window.ran = [];"
            "for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])"
            "  window[name] = (...words) => { window.ran.push(name + words) }"
        )
        context.set_offline(True)
        self.page: Page = context.new_page()
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        local = request.url.startswith(("file:", "about:"))
        picture = request.resource_type == "image" and request.url.startswith(("http:", "https:"))
        if not (local or picture):
            self.asked.append(f"{request.resource_type} {request.url}")

    def shows(self, html: str) -> list[str]:
        """What came alive of a page, after every event an element can have."""
        self.asked.clear()
        self.page.goto("about:blank")
        self.page.set_content(html)
        alive: list[str] = self.page.evaluate(
            """() => {
                const events = ['click', 'focus', 'mouseover', 'toggle', 'load', 'error', 'input',
                                'animationend', 'transitionend', 'pointerdown', 'keydown', 'begin']
                const wrong = []
                for (const one of document.querySelectorAll('body *')) {
                    for (const attribute of one.attributes)
                        if (attribute.name.startsWith('on')) wrong.push(one.outerHTML.slice(0, 200))
                    const to = one.href || one.src || one.action
                    if (typeof to == 'string' && to && !/^(https?:|mailto:|about:blank#)/.test(to))
                        wrong.push(one.outerHTML.slice(0, 200))
                    for (const name of events) {
                        const event = new Event(name, {bubbles: true, cancelable: true})
                        if (name == 'click') event.preventDefault()
                        if (name != 'click' || one.tagName != 'A') one.dispatchEvent(event)
                    }
                }
                return wrong
            }"""
        )
        return alive + self.page.evaluate("window.ran") + self.asked


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield Watched(browser.new_context())
        browser.close()


@pytest.fixture(scope="module")
def documents(articles: list[Article]) -> dict[str, list[bytes]]:
    """All articles in RSS, in Atom and in JSON Feed."""
    site = Site(
        name="M", url="https://news.example.org/", public_url="https://news.example.org/"
    )  # fmt: skip
    table = RegionTable.load()
    made: dict[str, list[bytes]] = {"rss": [], "atom": [], "json": []}
    for start in range(0, len(articles), FEED_ARTICLES_MAX):
        feed = build("all", articles[start : start + FEED_ARTICLES_MAX], site, table, NOW)
        for name, format_ in (("rss", rss), ("atom", atom), ("json", jsonfeed)):
            made[name].append(format_.render(feed))
    return made


def shown_by_readers(documents: dict[str, list[bytes]]) -> Iterator[str]:
    """What readers put on a page: each element that holds HTML. All others are plain text."""
    for document in (*documents["rss"], *documents["atom"]):
        for element in etree.fromstring(document).iter():
            if element.text and (element.get("type") == "html" or element.tag in HTML_IN_RSS):
                yield element.text
    for document in documents["json"]:
        for item in json.loads(document)["items"]:
            yield item.get("content_html", "")


def test_the_watch_notices_what_is_alive(watched: Watched) -> None:
    assert watched.shows("<img src=x onerror=alert(1)>")
    assert watched.shows("<script>alert(1)</script>")
    assert watched.shows("<a href=javascript:alert(1)>x</a>")
    assert watched.shows("<link rel=stylesheet href=https://e.example/x.css>")
    assert watched.shows("<p>Words <a href=https://news.example.org/>and a link</a>.") == []


def test_no_body_comes_alive(watched: Watched, articles: list[Article]) -> None:
    page = "".join(f"<div>{article.body_html}</div>" for article in articles)

    assert watched.shows(page) == []


def test_no_feed_comes_alive_in_a_reader(
    watched: Watched, documents: dict[str, list[bytes]]
) -> None:
    words = list(dict.fromkeys(shown_by_readers(documents)))

    assert watched.shows("".join(f"<div>{each}</div>" for each in words)) == []


def test_no_feed_comes_alive_when_it_is_opened_itself(
    watched: Watched, documents: dict[str, list[bytes]], tmp_path: Path
) -> None:
    for name in ("rss", "atom"):
        for number, document in enumerate(documents[name][::6]):
            path = tmp_path / f"{number}.{name}.xml"
            path.write_bytes(document)
            watched.asked.clear()
            watched.page.goto(path.as_uri())
            assert watched.page.evaluate("window.ran") == []
            assert [ask for ask in watched.asked if "news.example.org/feeds/" not in ask] == []


def test_no_mail_comes_alive(watched: Watched, articles: list[Article]) -> None:
    """Titles, standfirsts, names and pictures are what a digest takes of an article."""
    for start in range(0, min(len(articles), 400), 40):
        room = Newsroom()
        for each in articles[start : start + 40]:
            room.write(
                each.title, standfirst=each.standfirst, authors=each.authors, image=each.image,
                section=each.section, dateline=each.dateline, correction=each.correction,
            )  # fmt: skip
        mail = render(room.edition(), NEWSLETTER)
        own = re.sub(
            f'href="newsdesk-{mail.seal}-[a-z]*"', "", mail.html
        )  # links that each reader gets
        assert watched.shows(own) == []


def test_another_sanitiser_finds_nothing_to_remove(
    watched: Watched, articles: list[Article]
) -> None:
    watched.page.goto("about:blank")
    watched.page.add_script_tag(path=PURIFY)

    removed = watched.page.evaluate(
        """bodies => bodies.flatMap(body => {
            DOMPurify.sanitize(body)
            return DOMPurify.removed.map(
                one => body.slice(0, 200) + ' ! ' +
                    (one.element ? one.element.nodeName : one.attribute && one.attribute.name))
        })""",
        [article.body_html for article in articles],
    )

    assert removed == []
