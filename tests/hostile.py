"""Articles that are hostile in every field, and a Chromium that notices what comes alive of them.

Payloads are those of this file, and the collections of others where the shared data lie. DOMPurify
comes from npm (.ci/run installs it).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

from articles import clean, sources
from articles.errors import NewsdeskError
from articles.model import Article, Draft

ROOT = Path(__file__).parents[1]
PURIFY = ROOT / "node_modules" / "dompurify" / "dist" / "purify.min.js"
XSS = ROOT.parent / "shared" / "data" / "xss"
NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
#: A collection's line past this repeats itself.
PAYLOAD_CHARS = 5_000

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


def payloads() -> list[str]:
    """All of them, each once."""
    known = (one[:PAYLOAD_CHARS] for one in (*OURS, *collected()) if one.strip())
    return list(dict.fromkeys(known))


@cache
def articles() -> list[Article]:
    """Each payload in every field an article has."""
    drafts = [
        Draft(
            title=one, standfirst=one, body_html=one, authors=(one,), section=one, tags=(one,),
            dateline=one, correction=one, image_url=one, image_alt=one, image_caption=one,
            image_credit=one, related=(one,), url=f"https://news.example.org/{number}",
        )
        for number, one in enumerate(payloads())
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
                    const to = one.href || one.src || (one.hasAttribute('action') && one.action)
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

    def removed(self, page: str) -> set[str]:
        """What DOMPurify takes out of a page: elements, and attributes with their elements.

        Words like `</script>` in an attribute are nothing in HTML, and our pages are no XML.
        """
        self.page.goto("about:blank")
        self.page.add_script_tag(path=PURIFY)
        names: list[str] = self.page.evaluate(
            """page => {
                DOMPurify.sanitize(page, {WHOLE_DOCUMENT: true, SAFE_FOR_XML: false})
                return DOMPurify.removed.map(one => one.element ? one.element.nodeName
                    : `${one.from.nodeName} ${one.attribute && one.attribute.name}`)
            }""",
            page,
        )
        return set(names)


@contextmanager
def watching() -> Iterator[Watched]:
    """Such a page."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield Watched(browser.new_context())
        browser.close()
