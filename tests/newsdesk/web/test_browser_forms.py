"""Subscribing and choosing in a real Chromium: by keyboard, by phone, in the dark, in Arabic."""

from __future__ import annotations

import re
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser

from newsletter import subscribers
from tests.newsdesk.web.test_browser import SIZES, browser, findings, opened
from tests.newsdesk.web.test_subscribing import ADDRESS, Desk, desk, link_in

__all__ = ["browser", "desk"]  # fixtures

pytestmark = pytest.mark.slow

Scheme = Literal["light", "dark"]
FORMS: list[tuple[Scheme, str]] = [("light", "phone"), ("dark", "desktop")]


def client_of(desk: Desk) -> httpx.Client:
    return httpx.Client(base_url=desk.url)


@pytest.mark.parametrize(("scheme", "size"), FORMS)
@pytest.mark.parametrize("page", ["subscribe", "wrong", "confirm", "preferences", "erase"])
def test_axe_finds_nothing(
    browser: Browser, desk: Desk, page: str, scheme: Scheme, size: str
) -> None:
    with client_of(desk) as client:
        path = path_of(desk, page)
        with opened(browser, client, path, scheme=scheme, size=size) as shown:
            if page == "wrong":
                shown.evaluate("document.forms[0].noValidate = true")
                shown.fill("#address", "reader@")
                shown.click("main form button")
                shown.wait_for_selector("#address-error")
            shown.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

            assert findings(shown) == []
            assert shown.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


def path_of(desk: Desk, page: str) -> str:
    if page in ("subscribe", "wrong"):
        return "/subscribe"
    if page == "confirm":
        desk.ask()
        (letter,) = desk.letters()
        return link_in(letter).removeprefix(desk.url.rstrip("/"))
    link = desk.preferences(desk.subscribe(ADDRESS, "Syria")).removeprefix(desk.url.rstrip("/"))
    return link if page == "preferences" else f"{link}/erase"


@pytest.mark.parametrize(("scheme", "size"), FORMS)
def test_axe_finds_nothing_from_right_to_left(
    browser: Browser, desk: Desk, scheme: Scheme, size: str
) -> None:
    with (
        client_of(desk) as client,
        opened(browser, client, "/subscribe?language=ar", scheme=scheme, size=size) as shown,
    ):
        assert findings(shown) == []
        assert shown.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        assert shown.evaluate("getComputedStyle(document.body).direction") == "rtl"


def test_somebody_subscribes_by_keyboard_alone(browser: Browser, desk: Desk) -> None:
    with client_of(desk) as client, opened(browser, client, "/subscribe") as shown:
        shown.keyboard.press("Tab")
        shown.keyboard.press("Enter")  # to the text
        reach(shown, "address")
        shown.keyboard.type(ADDRESS)
        reach(shown, "sahel", "value")
        shown.keyboard.press("Space")
        shown.keyboard.press("Enter")
        shown.wait_for_selector(".note.fine")
        (letter,) = desk.letters()
        shown.goto(link_in(letter))
        reach(shown, "BUTTON", "tagName")
        shown.keyboard.press("Enter")
        shown.wait_for_selector(".note.fine")

    reader = desk.reader()
    assert reader is not None
    assert reader.regions == ("sahel",)


def reach(shown, wanted: str, attribute: str = "id") -> None:
    for _ in range(120):
        shown.keyboard.press("Tab")
        if shown.evaluate(f"document.activeElement.{attribute}") == wanted:
            return
    raise AssertionError(f"{wanted} cannot be reached by keyboard")


def test_a_choice_is_counted_saved_and_still_there(browser: Browser, desk: Desk) -> None:
    link = desk.preferences(desk.subscribe(ADDRESS, "Syria"))
    with (
        client_of(desk) as client,
        opened(browser, client, link.removeprefix(desk.url.rstrip("/"))) as shown,
    ):
        shown.check("input[value=sahel]")
        shown.click("button[formmethod=get]")
        assert "2 stories" in shown.inner_text(".count")
        assert shown.is_checked("input[value=sahel]")
        shown.select_option("#hour", "18:30")
        shown.uncheck("input[name=day][value='64']")
        shown.click("main > form:first-of-type > div:last-child button")
        assert re.search("Saved. Your next digest comes on", shown.inner_text(".note"))
        shown.reload()

    reader = desk.reader()
    assert reader is not None
    assert (reader.regions, f"{reader.hour:%H:%M}", reader.days) == (
        ("sahel", "syria"),
        "18:30",
        0b0111111,
    )


def test_leaving_is_two_presses(browser: Browser, desk: Desk) -> None:
    reader = desk.subscribe()
    link = desk.preferences(reader)
    with (
        client_of(desk) as client,
        opened(browser, client, link.removeprefix(desk.url.rstrip("/"))) as shown,
    ):
        shown.click("section form button")
        shown.wait_for_selector(".note.fine")

    with desk.room.store() as store:
        assert not subscribers.is_active(store.db, reader)
