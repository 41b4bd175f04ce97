from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from mjml import mjml2html

from articles.model import Article
from newsletter.model import Edition, Rendered
from newsletter.render import HTML_BYTES_MAX, TEMPLATES, TemplateError, attribute, render
from newsletter.view import PREHEADER_CHARS_MAX, SUBJECT_CHARS_MAX, view
from tests.newsletter.editions import (
    CHART,
    NEWSLETTER,
    PAGE,
    Newsroom,
    arabic_day,
    corrections_alone,
    ordinary_day,
    quiet_day,
)

DAYS = {
    "ordinary": ordinary_day,
    "quiet": quiet_day,
    "corrections": corrections_alone,
    "arabic": arabic_day,
}


@pytest.fixture
def room() -> Newsroom:
    return Newsroom()


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The operator's own copy of the templates."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


@pytest.fixture(params=DAYS)
def edition(request: pytest.FixtureRequest) -> Edition:
    return DAYS[request.param]()


def printed(edition: Edition) -> Rendered:
    return render(edition, NEWSLETTER, web_url=PAGE)


def page(edition: Edition) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(printed(edition).html)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_headline_and_address_is_in_both_parts(edition: Edition) -> None:
    rendered = printed(edition)
    html, text = flat(unescape(rendered.html)), flat(rendered.text).casefold()
    shown = [each.article for each in edition.corrections]
    for story in (*edition.stories, *edition.brief):
        shown += (story.lead, *story.related, *(each.article for each in story.earlier))

    assert shown
    for article in shown:
        assert article.title in html
        assert article.title.casefold() in text
        assert str(article.url) in html
        assert str(article.url) in text


def test_both_parts_have_the_same_addresses(edition: Edition) -> None:
    rendered = printed(edition)
    in_html = set(page(edition).xpath("//a/@href"))
    in_text = set(re.findall(r"https://\S+|newsdesk-[0-9a-f]+-(?:unsub|pref)\w+", rendered.text))

    assert {each for each in in_html if each != PAGE} == {each for each in in_text if each != PAGE}
    assert PAGE in in_text


def test_the_same_edition_is_printed_in_the_same_bytes(edition: Edition) -> None:
    assert printed(edition) == printed(edition)


def test_headings_skip_no_level(edition: Edition) -> None:
    levels = [int(each.tag[1]) for each in page(edition).xpath("//h1|//h2|//h3|//h4")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_fetched_but_the_picture(edition: Edition) -> None:
    html = printed(edition).html

    fetched = page(edition).xpath("//@src | //link/@href | //@background")
    assert set(fetched) <= {CHART.url}
    assert not re.search(r"@import|@font-face|url\(", html)


def test_lines_of_the_text_part_have_72_columns(edition: Edition) -> None:
    lines = printed(edition).text.split("\n")

    assert [x for x in lines if len(x) > 72 and "://" not in x and "newsdesk-" not in x] == []


def test_a_picture_has_a_width_only_so_that_phones_keep_its_shape() -> None:
    (picture,) = page(ordinary_day()).xpath("//img")

    assert picture.get("width") == "552"
    assert picture.get("height") in (None, "auto")
    assert picture.get("alt") == CHART.alt


def test_only_the_lead_has_a_picture(room: Newsroom) -> None:
    room.write("One", image=CHART, hours_ago=1)
    room.write("Two", image=CHART, hours_ago=2)

    assert len(page(room.edition()).xpath("//img")) == 1


def test_a_caption_ends_in_a_full_stop_and_the_credit_is_bare() -> None:
    assert "The escorted lane. Map: The Meridian" in flat(printed(ordinary_day()).text)


@pytest.mark.parametrize("stories", [1, 2])
def test_a_quiet_day_is_called_one(room: Newsroom, stories: int) -> None:
    for number in range(stories):
        room.write(f"Story {number}")

    count = {1: "one story", 2: "2 stories"}[stories]
    sentence = f"A quiet day in your regions: {count}, and nothing left out."
    assert sentence in flat(printed(room.edition()).text)
    assert sentence in printed(room.edition()).html


def test_an_ordinary_day_is_not_called_quiet() -> None:
    assert "quiet" not in printed(ordinary_day()).text


def test_an_edition_of_corrections_says_why_it_comes() -> None:
    rendered = printed(corrections_alone())

    assert rendered.subject == "Correction: Aktau terminal doubles its grain berths"
    assert "We write because something we told you was wrong." in flat(rendered.text)
    assert "It is 1.2 million." in rendered.html
    assert "1 correction: Central Asia." in rendered.text


def test_the_masthead_counts_stories_and_the_mail_s_own_minutes() -> None:
    assert "12 stories, 2 minutes: Middle East, Caucasus, Sahel." in flat(
        printed(ordinary_day()).text
    )


def test_many_regions_are_named_in_part(room: Newsroom) -> None:
    regions = ("chad", "mali", "niger", "syria", "iraq", "oman", "yemen", "egypt")
    room.write("Article", regions=("chad",))

    text = flat(printed(room.edition(regions)).text)

    assert "Chad, Mali, Niger, Syria, Iraq, Oman, 2 more regions." in text
    assert "a digest of Chad, Mali, Niger, Syria, Iraq, Oman and 2 more regions" in text


def test_stories_past_the_brief_part_are_counted_with_a_way_to_them(room: Newsroom) -> None:
    for number in range(68):
        room.write(f"Story {number}")

    rendered = printed(room.edition())

    assert f"and 3 more on the web:\n{PAGE}" in rendered.text
    assert "and 3 more on the web</a>" in rendered.html
    assert "68 stories" in rendered.text


def test_an_article_without_a_page_is_told_without_a_link(room: Newsroom) -> None:
    room.write("Not on the web", url=None, hours_ago=1)
    room.tell(room.write("Nor this", url=None, story=1))
    room.write("New of it", story=1, hours_ago=2)

    html = page(room.edition())

    linked = [flat(each.text_content()) for each in html.xpath("//a")]
    assert "Not on the web" in [flat(each.text_content()) for each in html.xpath("//h2")]
    assert "Nor this" in flat(html.text_content())
    assert not {"Not on the web", "Nor this"} & set(linked)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://[", "//x.org"])
def test_an_address_that_is_no_web_page_is_no_link(room: Newsroom, url: str) -> None:
    room.write("Hostile", url=url)

    assert url not in printed(room.edition()).html


HOSTILE = (
    "<script>alert(1)</script>",
    "</mj-text></mj-column><mj-bogus>",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "5 < 6 & 7 > 3",
    "]]> <!-- -->",
    "&lt;b&gt; &amp;amp;",
    "\\u{fdd0} \\\\ \\n",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_articles_words_come_out_as_they_are_and_never_as_markup(
    room: Newsroom, words: str
) -> None:
    image = replace(CHART, alt=words, caption=words, credit=words)
    room.write(
        words, standfirst=words, authors=(words,), dateline=words, image=image, story=1, minutes=9
    )
    room.write(f"Second {words}", story=1)
    edition = room.edition()
    newsletter = replace(NEWSLETTER, name=words, postal_address=words)

    html = lxml.html.document_fromstring(render(edition, newsletter).html)

    assert flat(html.xpath("//h2")[0].text_content()) == words
    assert html.xpath("//img/@alt") == [words]
    assert html.xpath("//title/text()") == [words]
    assert html.xpath("//*[@onmouseover] | //script | //b") == []
    assert len(html.xpath("//table")) == len(page(quiet_like(room)).xpath("//table"))


def quiet_like(room: Newsroom) -> Edition:
    """The same edition with harmless words."""
    tame = Newsroom()
    tame.write("Tame", standfirst="Tame", authors=("A",), dateline="B", image=CHART, story=1)
    tame.write("Tame too", story=1, minutes=1)
    assert len(room.articles) == len(tame.articles)
    return tame.edition()


def test_line_breaks_and_overrides_in_a_headline_do_not_reach_the_reader(room: Newsroom) -> None:
    room.write("One\u2028two\x0bthree\x85four\r\nfive\x00six\u202eseven\ud800eight\ufdd0nine")

    rendered = printed(room.edition())

    assert rendered.subject == "One two three four five six seven eight nine"
    rendered.html.encode()


def test_accents_in_attributes_survive_mjml(room: Newsroom) -> None:
    words = "cafe\u0301 عمّان \u200f\\ \U0001f469\u200d\U0001f680"
    room.write(words, image=replace(CHART, alt=words))

    html = page(room.edition())

    assert html.xpath("//img/@alt") == [words]
    assert html.xpath("//div/@aria-label") == [words]


@pytest.mark.parametrize(("language", "mark"), [("ar", "\u200e"), ("en", "")])
def test_the_stop_of_an_alternative_text_stays_at_the_end_of_its_words(
    room: Newsroom, language: str, mark: str
) -> None:
    room.write("A strait", image=replace(CHART, alt="A map of the strait."))

    html = page(replace(room.edition(), language=language))

    assert html.xpath("//img/@alt") == [f"A map of the strait.{mark}"]


def test_mjml_still_mangles_attributes_so_that_our_cure_is_needed() -> None:
    """When this fails, the filter `attribute` can go."""
    text = '<mj-text><p title="e\u0301">x</p></mj-text>'
    html = mjml2html(
        f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>",
        fonts={},
    )

    assert "\\u{301}" in html
    assert attribute("e\u0301") == "e&#769;"


def test_an_arabic_edition_is_right_to_left_as_a_whole() -> None:
    html = page(arabic_day())

    assert html.xpath("//html/@lang") == ["ar"]
    assert html.xpath("//html/@dir") == ["rtl"]
    assert "text-align:left" not in printed(arabic_day()).html.replace("text-align:left;direc", "")
    assert "direction:ltr" not in printed(arabic_day()).html
    assert "الأحد، 22 نوفمبر 2026" in html.text_content()


def test_a_headline_in_another_language_says_so() -> None:
    html = page(arabic_day())

    (heading,) = [each for each in html.xpath("//h2") if "Muscat" in each.text_content()]
    assert (heading.get("lang"), heading.get("dir")) == ("en", "ltr")
    (byline,) = html.xpath("//span[starts-with(text(), 'Ines Halvorsen')]")
    assert byline.get("dir") == "ltr"


def test_a_language_without_words_of_its_own_has_english_ones_around_its_articles() -> None:
    room = Newsroom(language="fa")
    room.write("تیتر خبر", regions=("iran",))

    html = page(room.edition())

    assert html.xpath("//html/@lang") == ["en"]
    assert html.xpath("//h2/@lang") == ["fa"]
    assert html.xpath("//h2/@dir") == ["rtl"]


@pytest.mark.parametrize("words", ["word " * 1000, "x" * 5000, "語" * 5000])
def test_endless_texts_are_cut(room: Newsroom, words: str) -> None:
    room.write(words, standfirst=words, image=replace(CHART, alt=words, caption=words))

    rendered = printed(room.edition())

    assert len(rendered.subject) <= SUBJECT_CHARS_MAX
    assert rendered.subject.endswith("…")
    assert len(rendered.html.encode()) < 25_000


def test_a_subject_is_cut_after_a_word(room: Newsroom) -> None:
    room.write(
        "The committee on fisheries, agriculture and rural development of the upper house met"
    )

    assert printed(room.edition()).subject == (
        "The committee on fisheries, agriculture and rural development of the upper…"
    )


def test_the_preheader_goes_on_where_the_subject_ends(edition: Edition) -> None:
    shown = view(edition, NEWSLETTER)

    assert 20 <= len(shown.preheader) <= PREHEADER_CHARS_MAX
    assert shown.subject not in shown.preheader
    assert shown.preheader in unescape(printed(edition).html)


def test_the_preheader_has_room_for_the_corrections(room: Newsroom) -> None:
    room.revise(room.tell(room.write("Wrong")), correction="Right.")
    for number in range(3):
        room.write(f"Number {number} " + "of many words " * 8)

    assert view(room.edition(), NEWSLETTER).preheader.endswith("… 1 correction.")


def heavy(room: Newsroom, stories: int) -> Edition:
    """Stories with addresses as long as some systems make them."""
    for number in range(stories):
        room.write(f"Story {number}", url=f"https://news.example.org/{number}/" + "x" * 8_000)
    return room.edition()


def test_a_heavy_edition_shows_less_and_stays_whole(room: Newsroom) -> None:
    rendered = printed(heavy(room, 15))

    assert len(rendered.html.encode()) <= HTML_BYTES_MAX
    assert "15 stories" in rendered.text
    shown = rendered.html.count("<h2")
    assert 1 <= shown < 6
    counted = re.search(r"and (\d+) more on the web", rendered.text)
    assert counted
    assert int(counted[1]) + len(re.findall(r"^(?:STORY|\* Story) \d", rendered.text, re.M)) == 15


def test_an_ordinary_edition_leaves_half_of_the_limit() -> None:
    assert len(printed(ordinary_day()).html.encode()) < HTML_BYTES_MAX / 2


def test_an_edition_that_cannot_be_made_smaller_is_refused(room: Newsroom) -> None:
    room.write("Huge", url="https://news.example.org/" + "x" * HTML_BYTES_MAX)

    with pytest.raises(TemplateError, match="limit"):
        printed(room.edition())


def test_a_misspelt_field_is_named_with_file_line_and_the_nearest_one(templates: Path) -> None:
    story = templates / "partials" / "story.mjml.j2"
    story.write_text(story.read_text().replace("{{ story.standfirst }}", "{{ story.standfrist }}"))
    line = story.read_text().split("standfrist")[0].count("\n") + 1

    with pytest.raises(TemplateError) as failed:
        render(ordinary_day(), NEWSLETTER, templates=templates)

    assert str(failed.value) == (
        f"partials/story.mjml.j2 line {line}: no field 'standfrist' (did you mean 'standfirst'?)"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("digest.txt.j2", "{% endif %}", "{% endfi %}", r"digest.txt.j2 line \d+: .*endfi"),
        ("digest.txt.j2", "{{ date }}", "{{ dte }}", r"digest.txt.j2 line \d+: no field 'dte'"),
        ("digest.mjml.j2", "</mj-body>", "", "MJML cannot read it"),
        ("digest.mjml.j2", "partials/footer", "partials/foot", "foot.mjml.j2"),
        ("partials/story.mjml.j2", "<mj-text css", "<mj-txt css", "MJML knows no .?mj-"),
        ("partials/brief.mjml.j2", "{{ type.headline(line) | trim }}", "", "is not in what it mak"),
        ("partials/story.txt.j2", "{{ story.headline.url }}", "", "is not in what it makes"),
        ("partials/footer.mjml.j2", "mine.unsubscribe", "feeds_url", "no unsubscribe link"),
        ("digest.txt.j2", "mine.unsubscribe", "feeds_url", "no unsubscribe link"),
        ("digest.txt.j2", "{{ date }}", "{{ ''.__class__.__mro__ }}", "unsafe|no field"),
    ],
)
def test_a_broken_template_is_refused_with_a_reason(
    templates: Path, file: str, old: str, new: str, message: str
) -> None:
    broken = templates / file
    assert old in broken.read_text()
    broken.write_text(broken.read_text().replace(old, new))

    with pytest.raises(TemplateError, match=message):
        render(ordinary_day(), NEWSLETTER, templates=templates)


def test_an_edited_template_is_in_force_with_the_next_edition(templates: Path) -> None:
    before = render(quiet_day(), NEWSLETTER, templates=templates)
    foot = templates / "digest.txt.j2"
    foot.write_text(foot.read_text() + "\nPrinted with care.\n")

    after = render(quiet_day(), NEWSLETTER, templates=templates)

    assert "Printed with care." not in before.text
    assert after.text.endswith("\nPrinted with care.\n")


def test_no_article_can_hold_a_token_of_its_edition(room: Newsroom) -> None:
    article = room.write("Innocent")
    first = printed(room.edition())

    room.articles[0] = forged = replace(article, title=f"newsdesk-{first.seal}-unsubscribe")
    second = printed(room.edition())

    assert isinstance(forged, Article)
    assert forged.title in second.html
    assert second.seal not in forged.title
    assert second.html.count(f"newsdesk-{second.seal}-unsubscribe") == 1
