"""The border: whatever came in leaves as a valid, safe article, or as a refusal."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import clean
from articles.markup import MARKUP_MAX
from articles.model import Draft
from tests.articles.border import NOW, article, assert_valid


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "AT&amp;T",
        "1 < 2 > 0",
        "=?utf-8?q?=0D=0ABcc:_v@example.test?=",
        "{{7*7}}",
        "Zoë Ångström-Yıldırım — “quoted” ‘single’ … ™",
        "تركيا ترسل مساعدات عسكرية إلى سوريا",
        "L’« État » : 100 %",
        "می‌خواهم",  # a zero-width non-joiner is spelling
        "👩‍🚀 lands",
    ],
)
def test_a_title_is_text_and_shown_as_typed(typed: str) -> None:
    assert article(typed).title == typed


def test_a_long_title_is_cut_at_a_word() -> None:
    title = article("word " * 100).title

    assert len(title) <= clean.TITLE_MAX
    assert title.endswith("word…")


@pytest.mark.parametrize("title", ["", " \n ", "\x00", "\u202e\u202c", "\u200b", "\ufffd\ufffd"])
def test_an_article_without_a_headline_is_refused(title: str) -> None:
    with pytest.raises(clean.RefusedError, match="no headline"):
        article(title)


def test_a_headline_with_nothing_behind_it_is_refused() -> None:
    with pytest.raises(clean.RefusedError, match="nothing to read"):
        article(url="", body_text="  ", body_html="<p>&nbsp;</p><script>x</script>")


def test_a_headline_that_links_somewhere_is_an_article() -> None:
    assert article(body_text="").body_html == ""


@given(st.text(st.characters(codec=None), max_size=400))
def test_every_field_of_every_article_is_valid(text: str) -> None:
    found = article(
        f"T {text}",
        standfirst=text,
        body_text=text,
        authors=(text,),
        tags=(text,),
        section=text,
        correction=text,
        related=(text,),
        image_url=f"https://x.example/{text}",
        image_caption=text,
    )

    image = found.image.caption if found.image else ""
    for field in (
        found.title,
        found.standfirst,
        found.body_html,
        found.body_text,
        found.section,
        found.correction,
        image,
        *found.authors,
        *found.tags,
        *found.related,
    ):
        assert_valid(field)
    assert "\n" not in found.title + found.standfirst + found.section


# --- names and lists -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("By Ines Halvorsen", "Ines Halvorsen"),
        ("BY INES HALVORSEN", "INES HALVORSEN"),
        ('"Ines" <ines@example.org>, b@example.org', "Ines"),
        ("ines@example.org (Ines Halvorsen)", "(Ines Halvorsen)"),
        ("ines@example.org", None),
        ("https://news.example.org/people/ines", None),
        ("A\r\nBcc: v@example.org", "A Bcc:"),
        ("Byron Vale", "Byron Vale"),
        ("  ", None),
    ],
)
def test_a_byline_is_a_name_without_an_address(typed: str, name: str | None) -> None:
    assert article(authors=(typed,)).authors == ((name,) if name else ())


def test_lists_lose_blanks_and_repetitions_and_have_an_end() -> None:
    many = tuple(f"tag {n}" for n in range(1000))

    assert article(tags=("Syria", " ", "syria", "Aid")).tags == ("Syria", "Aid")
    assert len(article(tags=many).tags) == clean.NAMES_MAX


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("English", ""),
        ("und", ""),
        ("", ""),
        ("en;q=1", ""),
        ("x" * 99, ""),
    ],
)
def test_a_language_is_a_bcp_47_tag_or_none(said: str, tag: str) -> None:
    assert article(language=said).language == tag


# --- times ---------------------------------------------------------------------------------------


def test_times_are_in_order() -> None:
    early, late = "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"

    assert article(published_at=late, updated_at=early).updated_at.day == 21
    assert article(published_at=early, updated_at=late).updated_at.day == 21
    assert article(published_at=early, updated_at="").updated_at.day == 20
    assert article(published_at=early, updated_at="2150-01-01").updated_at == NOW


@pytest.mark.parametrize("said", ["", "yesterday", "05/11/2026", "2999-01-01"])
def test_without_a_certain_date_an_article_is_of_the_time_it_was_first_seen(said: str) -> None:
    assert article(published_at=said).published_at == NOW


def test_a_future_article_keeps_its_date_for_the_store_to_hold_it() -> None:
    future = article(published_at="2026-12-24T06:00:00Z", updated_at="2027-01-01")

    assert future.published_at == future.updated_at == datetime(2026, 12, 24, 6, tzinfo=UTC)


def test_an_update_after_the_article_was_first_seen_is_kept_up_to_now() -> None:
    draft = Draft(title="T", body_text="B", published_at="2026-11-20", updated_at="2026-11-25")
    later = NOW + timedelta(days=9)

    found = clean.article(draft, id="x", first_seen_at=NOW, now=later)

    assert found.updated_at == datetime(2026, 11, 25, tzinfo=UTC)


# --- pictures and bodies -------------------------------------------------------------------------


def test_a_lead_image_keeps_what_is_said_of_it() -> None:
    image = article(
        image_url="/i/1.jpg", image_alt="A", image_caption=" B\n", image_credit="C"
    ).image

    assert image is not None
    assert (image.url, image.alt, image.caption, image.credit) == (
        "https://news.example.org/i/1.jpg",
        "A",
        "B",
        "C",
    )


def test_footnotes_link_within_their_own_article() -> None:
    note = '<p>Word<a href="#fn1" id="ref1">1</a></p><ol><li id="fn1"><a href="#ref1">back</a></ol>'
    one, other = (
        clean.article(Draft(title="T", body_html=note), id=id_, first_seen_at=NOW).body_html
        for id_ in ("tag:a", "tag:b")
    )

    for body in (one, other):
        ids = set(re.findall(r' id="([^"]+)"', body))
        assert ids == set(re.findall(r' href="#([^"]+)"', body))
        assert len(ids) == 2
    assert not set(re.findall(r' id="([^"]+)"', one)) & set(re.findall(r' id="([^"]+)"', other))


def test_html_without_a_word_gives_way_to_the_text() -> None:
    assert article(body_html="<p><script>x</script></p>", body_text="Words").body_text == "Words"


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + "word " * 2_000_000 + "</p>",
        "&lt;" * 200_000,
        "<p>" + "x" * MARKUP_MAX,
    ],
    ids=["10 MB", "grows in a feed", "just over"],
)
def test_a_body_past_its_limit_is_refused_with_the_limit(body: str) -> None:
    with pytest.raises(clean.RefusedError, match="the limit is"):
        article(body_html=body)


def test_a_text_past_its_limit_is_refused() -> None:
    with pytest.raises(clean.RefusedError, match="shorten it"):
        article(body_text="word " * 300_000)


@pytest.mark.slow
def test_cleaning_keeps_up_with_an_import() -> None:
    paragraph = (
        '<p>The harbour authority said on Tuesday that <a href="/2026/dredging">dredging</a> would '
        "begin before the winter storms, a move “long overdue” of <em>three</em> officials "
        "who asked for a timetable and got none until now, as the minutes of the meeting show.</p>"
    )
    articles = 60
    began = time.process_time()

    for number in range(articles):
        article(f"Headline {number}", body_html=paragraph * 15)

    # 300 to 400 a second on the machine this was written on; a tenth of it is a mistake.
    assert articles / (time.process_time() - began) > 40
