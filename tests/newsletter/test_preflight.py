"""A bad edition is held before anybody gets it, and the operator is told why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter import personal
from newsletter.preflight import problems, without_mine
from newsletter.render import TemplateError, render
from newsletter.view import view
from tests.newsletter.editions import NEWSLETTER, PAGE, Newsroom, arabic_day, ordinary_day

SHOWN = view(ordinary_day(), NEWSLETTER, web_url=PAGE)
GOOD = render(ordinary_day(), NEWSLETTER, web_url=PAGE)


def found(page: str = GOOD.html, text: str = GOOD.text) -> str:
    return "; ".join(problems(SHOWN, page, text, GOOD.seal))


def test_a_good_edition_passes() -> None:
    assert found() == ""


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda page: page.replace("Yerevan and Baku", "Somebody"), "'Yerevan and Baku agree"),
        (lambda page: page.replace('/a/1"', '/b/1"'), "'https://news.example.org/a/1'"),
        (lambda page: page.replace("</body>", "x" * 60_000 + "</body>"), "90000 is the limit"),
        (lambda page: page.replace(PAGE, "/editions/today"), "write the whole address"),
        (lambda page: page.replace(" alt=", " data-alt="), "a picture without alt"),
        (lambda page: page.replace("</body>", "{{ name }}</body>"), "'{{' was not printed"),
        (lambda page: page.replace("</body>", "{% if x</body>"), "'{%' was not printed"),
        (lambda page: page.replace("</body>", "<mj-text></body>"), "MJML knows no <mj-text>"),
        (lambda page: page.replace("</body>", "<script>x()</script></body>"), "<script> does not"),
        (lambda page: page.replace("<h1", '<h1 onclick="x()"'), "<h1 onclick> would be a script"),
        (lambda page: page.replace("<!--mine-->", ""), "all would see them"),
        (lambda page: without_mine(page), "no unsubscribe link"),
    ],
)
def test_html_that_is_wrong_is_found(spoilt, why: str) -> None:
    assert why in found(page=spoilt(GOOD.html))


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda text: text.replace("YEREVAN AND BAKU", "SOMEBODY"), "digest.txt.j2: 'Yerevan"),
        (lambda text: text.replace("/a/1\n", "/a/12\n"), "'https://news.example.org/a/1'"),
        (lambda text: text + "{{ name }}", "digest.txt.j2: '{{' was not printed"),
        (
            lambda text: text.replace(personal.token(GOOD.seal, "unsubscribe"), ""),
            "digest.txt.j2: no unsubscribe link",
        ),
    ],
)
def test_text_that_is_wrong_is_found(spoilt, why: str) -> None:
    assert why in found(text=spoilt(GOOD.text))


@pytest.mark.parametrize(
    "title",
    [
        "How {{ mustache }} came to be {% raw %}",
        "What <mj-text> and </mj-column> mean {# not a comment #}",
        "Quotes \"and\" 'apostrophes' & <b>tags</b>",
        "a {{ b",
    ],
)
def test_a_headline_that_looks_like_a_template_is_only_a_headline(title: str) -> None:
    room = Newsroom()
    room.write(title, standfirst=f"About {title}")

    assert render(room.edition(), NEWSLETTER).subject == title


def test_an_operator_s_template_stands_for_ours(tmp_path: Path) -> None:
    (tmp_path / "partials").mkdir()
    (tmp_path / "partials" / "masthead.mjml.j2").write_text(
        '<mj-section><mj-column><mj-text><h1><a href="{{ web_url }}">Ours: {{ name }}</a></h1>'
        "</mj-text></mj-column></mj-section>\n"
    )

    rendered = render(ordinary_day(), replace(NEWSLETTER, templates=tmp_path), web_url=PAGE)

    assert "Ours: The Meridian" in rendered.html
    assert "First convoy passes" in rendered.html
    assert rendered.text == GOOD.text.replace(GOOD.seal, rendered.seal)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ nme }}", r"masthead.mjml.j2 line 2: no field 'nme' \(did you mean 'name'\?\)"),
        ("{% if %}", r"partials/masthead.mjml.j2 line 2: Expected an expression"),
        ("{{ 1 / 0 }}", r"masthead.mjml.j2 line 2: division by zero"),
        ("{% for x in range(10 ** 9) %}x{% endfor %}", r"masthead.mjml.j2 line 2: Range too big"),
        ("{{ name.__class__.__mro__ }}", r"masthead.mjml.j2 line 2: no field '__class__'"),
        (
            "{% include 'partials/masthead.mjml.j2' %}",
            r"masthead.mjml.j2 line 2: maximum rec",
        ),
        ('<mj-section><mj-column><mj-image src="/x.png" /></mj-column></mj-section>', "whole addr"),
    ],
)
def test_a_template_that_fails_is_named_with_file_line_and_field(
    tmp_path: Path, template: str, why: str
) -> None:
    (tmp_path / "partials").mkdir()
    (tmp_path / "partials" / "masthead.mjml.j2").write_text(f"<mj-raw></mj-raw>\n{template}\n")

    with pytest.raises(TemplateError, match=why):
        render(ordinary_day(), replace(NEWSLETTER, templates=tmp_path), web_url=PAGE)


def test_a_logo_stands_for_the_name_and_says_it() -> None:
    logo, dark = "https://news.example.org/i/logo.png", "https://news.example.org/i/logo-dark.png"

    rendered = render(ordinary_day(), replace(NEWSLETTER, logo=logo, logo_dark=dark), web_url=PAGE)

    assert f'src="{logo}" alt="The Meridian"' in rendered.html
    assert f'src="{dark}" alt=""' in rendered.html
    assert rendered.text.startswith("THE MERIDIAN\n")


@pytest.mark.parametrize(
    ("fonts", "first"), [("book", "Iowan Old Style"), ("plain", "-apple-system")]
)
def test_fonts_are_the_operator_s_choice_and_the_reader_s_own(fonts, first: str) -> None:
    rendered = render(ordinary_day(), replace(NEWSLETTER, fonts=fonts), web_url=PAGE)

    assert "Georgia,Gelasio" not in rendered.html
    assert first in rendered.html
    assert "@import" not in rendered.html


def test_an_edition_s_page_lies_in_the_archive_under_a_name_that_depends_on_its_words() -> None:
    one, other = render(ordinary_day(), NEWSLETTER), render(arabic_day(), NEWSLETTER)

    assert one == render(ordinary_day(), NEWSLETTER)
    assert one.page != other.page
    assert one.page.startswith("2026-11-22/")
    assert f'href="https://news.example.org/editions/{one.page}"' in one.html
    assert f"https://news.example.org/editions/{one.page}" in one.text
