"""A Markdown file with front matter is an article."""

from __future__ import annotations

import pytest

from articles import markup
from articles.model import Draft, Refusal
from articles.sources import markdown


def read(text: str, name: str = "fog.md") -> Draft | Refusal:
    return markdown.read(text.encode(), name=name, url="https://courier.example/")


YAML = """---
title: "Fog: ferries wait"
date: 2026-11-20T08:00:00+01:00
lastmod: 2026-11-21
authors: [Ines Halvorsen, B. Author]
description: Nobody sails.
categories: [Sea]
image: {src: /f.jpg, alt: A ferry, caption: At anchor.}
url: /fog/
lang: en
---
Nine *ferries*.

| a | b |
|---|---|
| 1 | 2 |
"""
TOML = """+++
title = "Fog: ferries wait"
date = 2026-11-20T08:00:00+01:00
lastmod = 2026-11-21
authors = ["Ines Halvorsen", "B. Author"]
description = "Nobody sails."
categories = ["Sea"]
image = {src = "/f.jpg", alt = "A ferry", caption = "At anchor."}
url = "/fog/"
lang = "en"
+++
Nine *ferries*.

| a | b |
|---|---|
| 1 | 2 |
"""


@pytest.mark.parametrize("text", [YAML, TOML, YAML.replace("\n", "\r\n")])
def test_front_matter_gives_all_it_says(text: str) -> None:
    found = read(text)

    assert isinstance(found, Draft)
    assert found.body_html.startswith("<p>Nine <em>ferries</em>.</p>\n<table>")
    assert found == Draft(
        source="",
        source_key="https://courier.example/fog/",
        url="https://courier.example/fog/",
        title="Fog: ferries wait",
        standfirst="Nobody sails.",
        body_html=found.body_html,
        authors=("Ines Halvorsen", "B. Author"),
        language="en",
        published_at="2026-11-20T08:00:00+01:00",
        updated_at="2026-11-21",
        tags=("Sea",),
        image_url="/f.jpg",
        image_alt="A ferry",
        image_caption="At anchor.",
    )


@pytest.mark.parametrize(
    "text", ["# Fog waits\n\nNine ferries.", "Fog waits\n=========\nNine ferries."]
)
def test_without_front_matter_the_first_heading_is_the_title(text: str) -> None:
    found = read(text, "2026-11-20-fog.md")

    assert isinstance(found, Draft)
    assert (found.title, found.published_at, found.source_key) == ("Fog waits", "2026-11-20", "fog")
    assert found.body_html == "<p>Nine ferries.</p>"


@pytest.mark.parametrize("line", ["draft: true", "published: false", "status: draft"])
def test_drafts_are_drafts(line: str) -> None:
    found = read(f"---\ntitle: T\n{line}\n---\nWords.")

    assert isinstance(found, Draft)
    assert (found.status, found.published_at) == ("draft", "")


def test_html_below_front_matter_stays_html() -> None:
    found = read("---\ntitle: T\n---\n<p>One</p>\n* no list", "2026-11-20-t.html")

    assert isinstance(found, Draft)
    assert found.body_html == "<p>One</p>\n* no list"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Words alone.", "no title"),
        ("---\n- a\n- b\n---\nW", "not a list of"),
        ("---\ntitle: [\n---\nW", "not YAML"),
        ("+++\ntitle: T\n+++\nW", "not TOML"),
        ("---\na: &a [x]\nb: *a\ntitle: T\n---\nW", "references"),
        ("---\na: &a {<<: [*a, *a]}\ntitle: T\n---\nW", "references"),
        (f"---\na: {'[' * 5000}\n---\nW", "not YAML"),
        (f"---\na: {'x' * 70_000}\n---\nW", "shorten it"),
        (f"---\n{'9' * 5000}: 1\n---\nW", "not YAML"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text: str, reason: str) -> None:
    found = read(text)

    assert isinstance(found, Refusal)
    assert reason in found.reason


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "![](" * 5_000, "> " * 50_000, "*a " * 9_000, "`" * 99_000, "|" * 50_000]
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    assert isinstance(read(f"# T\n\n{text}"), Draft)


def test_scripts_in_markdown_do_not_pass_the_border() -> None:
    shown = markup.html(
        markdown.html("[a](javascript:alert(1)) <script>alert(1)</script> <b>x</b>")
    )

    assert shown == "<p>[a](javascript:alert(1))  <b>x</b></p>".replace("  ", " ")
