"""What a reader of a feed sees of one article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from articles.model import Article, Image, Site
from feeds import content

Make = Callable[..., Article]
BRIDGE = Image(
    url="https://news.example.org/i/bridge.jpg?w=640&h=360",
    alt='A bridge called "The Long"',
    caption="The bridge at dusk",
    credit="Archive & Sons",
)


def test_the_lead_picture_opens_the_text_with_caption_and_credit(
    make_article: Make, site: Site
) -> None:
    html = content.content_html(make_article(image=BRIDGE), site)

    assert html.startswith(
        '<figure><img src="https://news.example.org/i/bridge.jpg?w=640&amp;h=360"'
        ' alt="A bridge called &quot;The Long&quot;">'
        " <figcaption>The bridge at dusk. Archive &amp; Sons</figcaption></figure> "
    )


@pytest.mark.parametrize(
    ("caption", "credit", "line"),
    [
        ("Is it open?", "Archive", "Is it open? Archive"),
        ("The bridge", "", "The bridge"),
        ("", "Archive", "Archive"),
    ],
)
def test_caption_and_credit_are_one_line(
    make_article: Make, site: Site, caption: str, credit: str, line: str
) -> None:
    image = replace(BRIDGE, caption=caption, credit=credit)

    html = content.content_html(make_article(image=image), site)

    assert f"<figcaption>{line}</figcaption>" in html


def test_a_picture_without_caption_or_credit_has_no_empty_line(
    make_article: Make, site: Site
) -> None:
    html = content.content_html(make_article(image=Image(url=BRIDGE.url)), site)

    assert "<figcaption>" not in html


def test_a_lead_picture_that_stands_in_the_body_is_not_shown_twice(
    make_article: Make, site: Site
) -> None:
    body = '<p><img src="https://news.example.org/i/bridge.jpg?w=640&amp;h=360"></p><p>Text.</p>'

    html = content.content_html(make_article(image=BRIDGE, body_html=body), site)

    assert html.count("bridge.jpg") == 1


def test_the_standfirst_is_in_the_full_text_too(make_article: Make, site: Site) -> None:
    html = content.content_html(make_article(standfirst="Five < six & ten."), site)

    assert html.startswith("<p><strong>Five &lt; six &amp; ten.</strong></p>")


def test_a_body_that_begins_with_the_standfirst_does_not_say_it_twice(
    make_article: Make, site: Site
) -> None:
    article = make_article(
        standfirst="The harbour opens.", body_text="The harbour\nopens. At last."
    )

    html = content.content_html(article, site)

    assert "<strong>" not in html


def test_a_correction_stands_above_the_text_with_its_date(make_article: Make, site: Site) -> None:
    article = make_article(
        correction="The bridge has six arches, not five.",
        updated_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC),
    )

    html = content.content_html(article, site)

    assert html.startswith(
        "<p><strong>Correction, 21 November 2026:</strong> The bridge has six arches, not five.</p>"
    )


def test_the_date_of_a_correction_is_the_newsrooms_own(make_article: Make, site: Site) -> None:
    article = make_article(correction="Six.", updated_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))

    html = content.content_html(article, replace(site, time_zone="Asia/Beirut"))

    assert "22 November 2026" in html


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de-CH", "Korrektur, 2026-11-21:"),
        ("fr", "Correction, 2026-11-21:"),
        ("en-GB", "Correction, 21 November 2026:"),
        ("sw", "Correction, 21 November 2026:"),
    ],
)
def test_a_correction_speaks_the_articles_language_where_we_know_it(
    make_article: Make, site: Site, language: str, words: str
) -> None:
    article = make_article(
        correction="Six.",
        language=language,
        updated_at=datetime(2026, 11, 21, tzinfo=UTC),
    )

    assert words in content.content_html(article, site)


def test_an_arabic_article_is_read_from_right_to_left(make_article: Make, site: Site) -> None:
    html = content.content_html(make_article(language="ar", body_html="<p>نص.</p>"), site)

    assert html.startswith('<div lang="ar" dir="rtl">')
    assert html.endswith("<p>نص.</p></div>")


def test_an_arabic_article_of_an_arabic_site_still_says_its_direction(
    make_article: Make, site: Site
) -> None:
    html = content.content_html(make_article(language=""), replace(site, language="ar"))

    assert html.startswith('<div lang="ar" dir="rtl">')


def test_a_foreign_article_says_its_language(make_article: Make, site: Site) -> None:
    html = content.content_html(make_article(language="fr"), site)

    assert html.startswith('<div lang="fr" dir="ltr">')


@pytest.mark.parametrize("language", ["en", "en-GB", ""])
def test_an_article_in_the_sites_language_is_not_wrapped(
    make_article: Make, site: Site, language: str
) -> None:
    assert "<div" not in content.content_html(make_article(language=language), site)


def test_plain_text_becomes_paragraphs(make_article: Make, site: Site) -> None:
    article = make_article(standfirst="", body_html="", body_text="One\nline.\n\nTwo < three.")

    html = content.content_html(article, site)

    assert html == "<p>One line.</p> <p>Two &lt; three.</p>"


def test_an_article_that_is_only_a_title_says_it(make_article: Make, site: Site) -> None:
    article = make_article("Ports & ships", standfirst="", body_html="", body_text="")

    assert content.content_html(article, site) == "<p>Ports &amp; ships</p>"
    assert content.summary(article) == "Ports & ships"


def test_line_breaks_stay_only_where_they_show(make_article: Make, site: Site) -> None:
    body = "<p>One\n  two.</p>\r\n<pre>a\n b</pre>\n<p>Three.</p>\n"

    html = content.content_html(make_article(standfirst="", body_html=body), site)

    assert html == "<p>One two.</p> <pre>a\n b</pre> <p>Three.</p>"


def test_the_summary_is_the_standfirst(make_article: Make) -> None:
    assert content.summary(make_article(standfirst="A < B.")) == "A < B."


def test_without_a_standfirst_the_summary_is_the_first_sentences(make_article: Make) -> None:
    sentence = "The council met on Tuesday and spoke about the harbour for two hours. "

    summary = content.summary(make_article(standfirst="", body_text=sentence * 9))

    assert summary == (sentence * 4).strip()


def test_a_summary_of_one_long_sentence_ends_at_a_word(make_article: Make) -> None:
    summary = content.summary(make_article(standfirst="", body_text="harbour " * 90))

    assert summary.endswith("harbour…")
    assert len(summary) <= content.SUMMARY_CHARS_MAX


def test_a_text_without_spaces_is_cut_too(make_article: Make) -> None:
    summary = content.summary(make_article(standfirst="", body_text="港" * 900))

    assert len(summary) == content.SUMMARY_CHARS_MAX + 1


@pytest.mark.parametrize(
    ("html", "written"),
    [
        (r"<p>C:\new</p>", "<p>C:&#92;new</p>"),
        ("<pre>a\n b</pre>", "<pre>a&#10; b</pre>"),
    ],
)
def test_what_programs_take_for_marks_of_theirs_is_written_as_a_reference(
    html: str, written: str
) -> None:
    assert content.for_programs(html, "Title") == written
    assert unescape(written) == unescape(html)


@pytest.mark.parametrize(
    ("html", "title", "written"),
    [
        ("<p>Élections</p>", "Élections", "<p>Élections\u200b</p>"),
        ("<ul><li>Zoë</li> </ul>", "Zoe", "<ul><li>Zoë\u200b</li> </ul>"),
        ("<p>Elections</p>", "Élections", "<p>Elections\u200b</p>"),
        ("<p>Élu</p><hr>", "Élu", "<p>Élu</p><hr>\u200b"),
        ("<p>Elections</p>", "Elections", "<p>Elections</p>"),
        ("<p>L’élu</p>", "Élu", "<p>L’élu</p>"),
        ("<p>選挙</p>", "選挙", "<p>選挙</p>"),
    ],
)
def test_what_could_be_taken_for_iso_8859_1_holds_one_character_that_it_lacks(
    html: str, title: str, written: str
) -> None:
    assert content.for_programs(html, title) == written


@pytest.mark.parametrize(("letters", "is_whole"), [(20_000, True), (50_000, False)])
def test_a_text_that_would_fill_a_feed_alone_gives_way_to_the_others(
    letters: int, is_whole: bool, make_article: Make, site: Site
) -> None:
    article = make_article("A & B", body_html=f"<p>{'&lt;' * letters}</p>", standfirst="Why.")

    html = content.content_html(article, site)

    assert ("&lt;&lt;" in html) is is_whole
    assert html.startswith("<p><strong>Why.</strong></p>")
    if not is_whole:
        assert html.endswith(f'<p><a href="{article.url}">A &amp; B</a></p>')
