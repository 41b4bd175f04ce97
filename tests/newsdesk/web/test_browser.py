"""Pages and feeds in a real Chromium: light and dark, phone and desktop, keyboard, right-to-left.

axe-core comes from npm (.ci/run installs it); it judges each page in each form.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.newsdesk.web.newsroom import SITE, Newsroom, article

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"phone": (320, 700), "desktop": (1280, 900)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    client: httpx.Client,
    path: str,
    *,
    scheme: Literal["light", "dark"] = "light",
    size: str = "desktop",
) -> Iterator[Page]:
    """The page at `path`; whatever it asks of anybody else than us fails the test."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    strangers: list[str] = []
    base = str(client.base_url)
    page.on("request", lambda ask: None if ask.url.startswith(base) else strangers.append(ask.url))
    page.goto(base + path.lstrip("/"))
    yield page
    assert strangers == []
    context.close()


def findings(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A newsroom with enough regions for all parts of the page."""
    room = Newsroom(tmp_path_factory.mktemp("many"), SITE)
    slugs = ["africa", "asia", "balkans", "caucasus", "europe", "gulf", "levant", "maghreb"]
    slugs += ["mekong", "middle-east", "sahel", "syria", "mali"]
    room.put(
        *(
            article(f"Headline about {slug}", n, (slug,), hours_ago=20 * n)
            for n, slug in enumerate(slugs, 1)
        )
    )
    room.publish()
    with room.serve() as client:
        yield client


@pytest.mark.parametrize(("scheme", "size"), [("light", "phone"), ("dark", "desktop")])
def test_axe_finds_nothing_on_the_page_of_feeds(
    browser: Browser, many: httpx.Client, scheme: Literal["light", "dark"], size: str
) -> None:
    with opened(browser, many, "/feeds/", scheme=scheme, size=size) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


def test_the_page_is_dark_where_the_reader_is(browser: Browser, many: httpx.Client) -> None:
    def paper(scheme: Literal["light", "dark"]) -> str:
        with opened(browser, many, "/feeds/", scheme=scheme) as page:
            return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert (paper("light"), paper("dark")) == ("rgb(252, 251, 248)", "rgb(22, 23, 26)")


def test_a_choice_can_be_made_by_keyboard_alone(browser: Browser, many: httpx.Client) -> None:
    with opened(browser, many, "/feeds/") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        for _ in range(200):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.value || ''")
            assert page.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
                " || document.activeElement === document.body"
            )
            if focused == "sahel":
                break
        page.keyboard.press("Space")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        chosen = Path(download.value.path()).read_text("utf-8")

    assert chosen.count("xmlUrl=") == 1
    assert "feeds/sahel.rss" in chosen


def test_from_right_to_left_nothing_stands_on_the_wrong_side(
    browser: Browser, newsroom: Newsroom
) -> None:
    newsroom.site = replace(newsroom.site, language="ar")
    newsletter = replace(newsroom.newsletter, language="ar")

    with (
        newsroom.serve(newsletter=newsletter) as client,
        opened(browser, client, "/feeds/", size="phone") as page,
    ):
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"][0]
        name, plot = (
            page.evaluate(f"document.querySelector('{which}').getBoundingClientRect().left")
            for which in (".feed h3", ".feed .freq")
        )
        assert plot < name


@pytest.mark.parametrize(
    ("path", "scheme"),
    [("/feeds/all.rss", "light"), ("/feeds/all.atom", "dark"), ("/feeds/iceland.rss", "dark")],
)
def test_a_feed_opened_in_a_browser_is_a_page(
    browser: Browser, client: httpx.Client, path: str, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, client, path, scheme=scheme, size="phone") as page:
        style = page.evaluate(
            """() => {
                const title = document.querySelector('channel > title, feed > title');
                const root = document.documentElement;
                return [getComputedStyle(title).fontSize, getComputedStyle(root).backgroundColor,
                        root.scrollWidth, title.textContent];
            }"""
        )

    assert style[0] == "30px"
    assert style[1] == {"light": "rgb(252, 251, 248)", "dark": "rgb(22, 23, 26)"}[scheme]
    assert style[2] <= SIZES["phone"][0]
    assert style[3].startswith("The Meridian")


@pytest.mark.parametrize("path", ["/feeds/all.rss", "/feeds/all.atom"])
def test_a_feed_in_a_browser_names_three_regions_and_no_tags(
    browser: Browser, tmp_path: Path, path: str
) -> None:
    room = Newsroom(tmp_path, SITE)
    places = ("syria", "turkey", "jordan", "levant", "middle-east")
    room.put(article("Gate reopens", 1, places, tags=("trade",), section="Economy"))
    room.publish()

    with room.serve() as client, opened(browser, client, path) as page:
        shown = page.evaluate(
            """() => [...document.getElementsByTagName('category')]
                .filter(each => getComputedStyle(each).display !== 'none')
                .map(each => (each.getAttribute('label') || each.textContent)
                    + getComputedStyle(each, '::after').content)"""
        )

    assert shown == ['Syria","', 'Turkey","', "Jordannone"]
