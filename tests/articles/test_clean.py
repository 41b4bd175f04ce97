"""The border: whatever came in leaves as valid, safe text and HTML, or as a refusal."""

from __future__ import annotations

import re
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from articles import clean
from articles.model import Article, Draft

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
BASE = "https://news.example.org/2026/aid"
SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data")

#: What an article may hold; stated here anew, so that a slip in clean.py's own tables shows.
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


# --- titles and other lines --------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Two \t words\r\nBcc: victim@example.test ", "Two words Bcc: victim@example.test"),
        ("Cease\x00fire", "Ceasefire"),
        ("Cease\u2028fire", "Cease fire"),
        ("Cease\x85fire", "Cease fire"),
        ("Cease\x1cfire", "Cease fire"),
        ("Cease\ufeff\ufffe\U0001fffefire", "Ceasefire"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("\u202eevil\u202c bidi \u2066x\u2069", "evil bidi x"),
        ("e\u0301", "é"),
        ("Donau\xaddampf", "Donaudampf"),
        ("no-break\xa0space", "no-break\xa0space"),
        ("Z" + "\u0336" * 800, "Z" + "\u0336" * clean.MARKS_MAX),
    ],
)
def test_a_line_is_one_valid_line(typed: str, shown: str) -> None:
    assert article(typed).title == shown


def test_a_long_title_is_cut_at_a_word() -> None:
    title = article("word " * 100).title

    assert len(title) <= clean.TITLE_MAX
    assert title.endswith("word…")


def test_a_long_title_without_spaces_is_cut_between_letters() -> None:
    assert article("長" * 1000).title == "長" * 299 + "…"
    assert article("e\u0301\u0323" * 1000).title[-2] != "\u0301"


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


# --- names and lists ---------------------------------------------------------------------------


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


# --- times -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("2026-11-20T08:00:00+03:00", "2026-11-20T05:00:00"),
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20", "2026-11-20T00:00:00"),
        ("2026-11-20T08:00:00.123456789Z", "2026-11-20T08:00:00"),
        ("Fri, 20 Nov 2026 08:00:00 EST", "2026-11-20T13:00:00"),
        ("20 Nov 2026", "2026-11-20T00:00:00"),
        ("November 20, 2026, 8:00 pm", "2026-11-20T20:00:00"),
        ("20.11.2026 08:00", "2026-11-20T08:00:00"),
        ("11/20/2026", "2026-11-20T00:00:00"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59"),
        ("1763625600", "2025-11-20T08:00:00"),
        ("1763625600000", "2025-11-20T08:00:00"),
        ("٢٠٢٦-١١-٢٠", "2026-11-20T00:00:00"),
    ],
)
def test_a_date_is_understood(said: str, when: str) -> None:
    assert clean.moment(said) == datetime.fromisoformat(when).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yesterday",
        "2026",
        "November 2026",
        "05/11/2026",
        "2026-02-30",
        "0000-00-00 00:00:00",
        "0001-01-01",
        "2999-01-01",
        "9999-12-31T23:59:59Z",
        "1970-01-01T01:00:00+01:00",
        "NaN",
        "1e308",
        "-1",
        "12",
        "\x00",
        "9" * 400,
        "10:30",
    ],
)
def test_what_says_no_date_for_certain_says_none(said: str) -> None:
    assert clean.moment(said) is None
    assert article(published_at=said).published_at == NOW


@given(st.text(max_size=60) | st.from_regex(r"[0-9T:+/. -]{0,40}[A-Za-z]{0,5}", fullmatch=True))
@settings(max_examples=300)
def test_no_date_crashes_and_every_date_is_aware(said: str) -> None:
    when = clean.moment(said)

    assert when is None or (when.utcoffset() == timedelta(0) and when.year in clean.YEARS)


def test_times_are_in_order() -> None:
    early, late = "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"

    assert article(published_at=late, updated_at=early).updated_at.day == 21
    assert article(published_at=early, updated_at=late).updated_at.day == 21
    assert article(published_at=early, updated_at="").updated_at.day == 20
    assert article(published_at=early, updated_at="2150-01-01").updated_at == NOW


def test_a_future_article_keeps_its_date_for_the_store_to_hold_it() -> None:
    future = article(published_at="2026-12-24T06:00:00Z", updated_at="2027-01-01")

    assert future.published_at == future.updated_at == datetime(2026, 12, 24, 6, tzinfo=UTC)


def test_an_update_after_the_article_was_first_seen_is_kept_up_to_now() -> None:
    draft = Draft(title="T", body_text="B", published_at="2026-11-20", updated_at="2026-11-25")
    later = NOW + timedelta(days=9)

    found = clean.article(draft, id="x", first_seen_at=NOW, now=later)

    assert found.updated_at == datetime(2026, 11, 25, tzinfo=UTC)


# --- addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://news.example.org", "https://news.example.org/"),
        ("HTTPS://NEWS.EXAMPLE.ORG:443/X", "https://news.example.org/X"),
        ("http://news.example.org:8080/x", "http://news.example.org:8080/x"),
        ("//news.example.org/x", "https://news.example.org/x"),
        ("https://news.example.org/a b", "https://news.example.org/a%20b"),
        (" https://news.example.org/a\tb\n", "https://news.example.org/ab"),
        ("https://news.example.org/100%", "https://news.example.org/100%25"),
        (
            "https://news.example.org/%C3%A9?q=1&amp;#é",
            "https://news.example.org/%C3%A9?q=1&amp;#%C3%A9",
        ),
        ("https://bücher.example/ß", "https://xn--bcher-kva.example/%C3%9F"),
        ("https://аpple.example/", "https://xn--pple-43d.example/"),
        ('https://news.example.org/" onclick="x', "https://news.example.org/%22%20onclick=%22x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://news.example.org/\u202egnp.exe", "https://news.example.org/%E2%80%AEgnp.exe"),
    ],
)
def test_an_address_is_absolute_ascii(said: str, address: str) -> None:
    assert clean.web_address(said) == address
    assert clean.web_address(address) == address


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "not available",
        "urn:reuters:1",
        "javascript:alert(1)",
        "jAvA\tsCript:x",
        "file:///x",
        "ftp://x.example/",
        "data:text/html,x",
        "http://",
        "https://user:pw@news.example.org/",
        "/relative",
        "https://user@news.example.org/",
        "https://good.example\\@evil.example/",
        "https://a b.example/",
        "https://news.example.org:99999/",
        "https://news.example.org:port/",
        "https://[::1",
        "https://%31.example/",
        "https://news.example.org/" + "a" * clean.URL_MAX,
        "https://news.example.org/\ud800",
        "https://news.example.org/" + chr(0xFFFD),
        "https://..example/",
        "https://-/",
    ],
)
def test_what_is_no_web_address_is_left_out_and_the_article_stays(said: str) -> None:
    assert clean.web_address(said) is None
    assert article(url=said).url is None


def test_relative_addresses_are_resolved_against_the_article() -> None:
    assert clean.web_address("../i/1.jpg", BASE) == "https://news.example.org/i/1.jpg"
    assert clean.web_address("//cdn.example.org/1.jpg", BASE) == "https://cdn.example.org/1.jpg"
    assert clean.web_address("javascript:alert(1)", BASE) is None


@given(st.text(max_size=80) | st.from_regex(r"https?:[/\\]{0,3}[^\s]{0,40}", fullmatch=True))
@settings(max_examples=300)
def test_every_address_is_safe_in_an_attribute(said: str) -> None:
    for base in (None, BASE):
        address = clean.web_address(said, base)
        assert address is None or re.fullmatch(r"https?://[^\s\"'<>\\@/]+/[!-~]*", address)
        assert address is None or clean.web_address(address) == address


PRIVATE = [
    "http://127.0.0.1/x.jpg",
    "http://10.0.0.1/x",
    "http://172.16.0.1/x",
    "http://192.168.1.1/x",
    "http://169.254.169.254/latest/meta-data/",
    "http://0/x",
    "http://2130706433/x",
    "http://0x7f.1/x",
    "http://0177.0.0.1/x",
    "http://127.1/x",
    "http://[::1]/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://[fd00::1]/x",
    "http://[fe80::1]/x",
    "http://[64:ff9b::7f00:1]/x",
    "http://[2002:7f00:1::]/x",
    "http://100.64.0.1/x",
    "http://224.0.0.1/x",
    "http://localhost:6379/",
    "http://printer/x",
    "http://printer.local/x",
    "http://metadata.google.internal/x",
    "http://127.0.0.1.nip.example/x",
    "http://10-0-0-1.nip.example/x",
    "http://１２７.０.０.１/x",
    "http://localhost./x",
]


@pytest.mark.parametrize("said", PRIVATE)
def test_no_picture_is_fetched_from_a_readers_own_network(said: str) -> None:
    found = article(image_url=said, body_html=f'<p>Words <img src="{said}"></p>')

    assert found.image is None
    assert found.body_html == "<p>Words</p>"


def test_public_pictures_stay() -> None:
    said = "https://93.184.216.34/1.jpg"

    assert article(image_url=said).image is not None
    assert clean.image_address("https://cdn-1.2.example.org/a.jpg") is not None


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


# --- bodies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("plain text & a < less-than", "<p>plain text &amp; a &lt; less-than</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("one <b>bold</b>\n\ntwo", "<p>one <b>bold</b></p><p>two</p>"),
        ("<div>One<br><br>two<br>three</div>", "<p>One</p><p>two<br>three</p>"),
        ("<div><section><p>One</p></section> two</div>", "<p>One</p><p>two</p>"),
        ("<h1>Head</h1><p> </p><p>x</p><hr>", "<h2>Head</h2><p>x</p><hr>"),
        (
            "<p>unclosed <b>bold <i>both</b> crossed</i>",
            "<p>unclosed <b>bold <i>both</i></b><i> crossed</i></p>",
        ),
        (
            "<ul><li>One<ul><li>a</ul><li><div>Two</div></ul>",
            "<ul><li>One<ul><li>a</li></ul></li><li>Two</li></ul>",
        ),
        (
            "<table><caption>c<tr><th scope=COL>a<td colspan=2 width=9>b</table>",
            '<table><caption>c</caption><tbody><tr><th scope="col">a</th>'
            '<td colspan="2">b</td></tr></tbody></table>',
        ),
        ("<table><tr><td><p>A frame<p>of old days</table>", "<p>A frame</p><p>of old days</p>"),
        (
            "<figure><div><img src=/a.jpg alt='An a' width=600 height=400></div>"
            "<figcaption><p>Cap</figure>",
            '<figure><img src="https://news.example.org/a.jpg" alt="An a" height="400" width="600">'
            "<figcaption>Cap</figcaption></figure>",
        ),
        (
            "<picture><source srcset=/l.webp><img src=/s.jpg></picture>",
            '<p><img src="https://news.example.org/s.jpg" alt=""></p>',
        ),
        (
            "<img src=data:image/gif;base64,R0lG data-src=/real.jpg>",
            '<p><img src="https://news.example.org/real.jpg" alt=""></p>',
        ),
        ("<p>x<img src=https://count.example/1.gif width=1 height=1></p>", "<p>x</p>"),
        (
            "<a href=/x>rel</a> <a href=//h.example/p>net</a>",
            '<p><a href="https://news.example.org/x" rel="noopener">rel</a>'
            ' <a href="https://h.example/p" rel="noopener">net</a></p>',
        ),
        (
            "<a href='mailto:desk@example.org?subject=a b'>m</a>",
            '<p><a href="mailto:desk@example.org?subject=a%20b">m</a></p>',
        ),
        (
            "<a href=/x><div>One</div><h3>Two</h3></a>",
            '<p><a href="https://news.example.org/x" rel="noopener">One</a></p>'
            '<h3><a href="https://news.example.org/x" rel="noopener">Two</a></h3>',
        ),
        (
            "<blockquote cite=/q>q<p>r</blockquote>",
            '<blockquote cite="https://news.example.org/q"><p>q</p><p>r</p></blockquote>',
        ),
        ("<pre>a\n  <b>b</b></pre>", "<pre>a\n  <b>b</b></pre>"),
        (
            "<p dir=RTL lang=ar style=color:red class=x>x <span lang=en>y</span><span>z</span></p>",
            '<p dir="rtl" lang="ar">x <span lang="en">y</span>z</p>',
        ),
        (
            "<details open><summary>s</summary>body</details>",
            "<details><summary>s</summary><p>body</p></details>",
        ),
        (
            "<p>H<sub>2</sub>O <time datetime=2026-11-20>Fri</time> <abbr title=UN>U</abbr>",
            '<p>H<sub>2</sub>O <time datetime="2026-11-20">Fri</time>'
            ' <abbr title="UN">U</abbr></p>',
        ),
        (
            "<video title='A film'><source src=/v.mp4></video>",
            '<p><a href="https://news.example.org/v.mp4" rel="noopener">A film</a></p>',
        ),
        ("<noscript><p>no</p></noscript><svg><title>no</title></svg><p>yes</p>", "<p>yes</p>"),
        ("<p>Cease\x0bfire &#11; &#xFFFE;</p>", "<p>Cease fire</p>"),
        ("<p>\u202eevil\u202c</p>", "<p>evil\u202c</p>"),
        # NFC would make one character of ">" and a combining solidus, and so open the tag again.
        ("<p>\u0338x</p>", "<p>x</p>"),
    ],
)
def test_a_body_keeps_what_a_reader_wants(typed: str, kept: str) -> None:
    assert clean.html(typed, BASE) == kept
    assert clean.html(kept, BASE) == kept


@pytest.mark.parametrize(
    "typed", ["Words <!-- ask legal -->", "<p>Words<!-- ask <b>legal</b> --></p>",
              "<div>" * 300 + "Words<!-- ask <b>legal</b> -->", "Words <!-- ask legal"]
)  # fmt: skip
def test_a_comment_is_never_published(typed: str) -> None:
    assert article(body_html=typed).body_text == "Words"


def test_what_stands_in_for_a_missing_plug_in_is_read() -> None:
    assert clean.html("<p>a</p><object data=//evil.example><p>b</p>") == "<p>a</p><p>b</p>"


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


def test_an_empty_id_is_no_target() -> None:
    assert clean.html('<p id="">x <a href="#">y</a></p>') == "<p>x y</p>"


def test_ids_nobody_links_to_go_and_links_to_nothing_lead_to_the_page() -> None:
    body = clean.html('<p id="body">x <a href="#comments">talk</a></p>', BASE)

    assert body == f'<p>x <a href="{BASE}#comments" rel="noopener">talk</a></p>'


@pytest.mark.parametrize(
    ("typed", "paragraphs"),
    [
        ("One.\n\nTwo\nlines.", ["One.", "Two lines."]),
        ("One.\r\n \r\nTwo.", ["One.", "Two."]),
        ("A line of its own.\nAnother.", ["A line of its own.", "Another."]),
        (
            "Set at forty columns as\nthe wires did it.\n    A new paragraph is\nindented.",
            ["Set at forty columns as the wires did it.", "A new paragraph is indented."],
        ),
        ("One.\u2029Two.", ["One.", "Two."]),
        ("<b>not</b> markup & more", ["<b>not</b> markup & more"]),
    ],
)
def test_plain_text_becomes_paragraphs(typed: str, paragraphs: list[str]) -> None:
    found = article(body_text=typed)

    assert found.body_text == "\n\n".join(paragraphs)
    assert clean.text_of(found.body_html) == found.body_text
    assert found.body_html.count("<p>") == len(paragraphs)


def test_the_text_says_what_the_html_says_without_link_targets() -> None:
    body = clean.html(
        "<h2>Head</h2><p>One <a href=https://x.example/y>link</a>,<br>two</p><ul><li>a<li>b</ul>"
        "<blockquote><p>Said</p></blockquote><table><tr><th>k<td>v<tr><th>kk<td>w</table><p>End"
    )

    assert clean.text_of(body) == (
        "Head\n\nOne link,\ntwo\n\n* a\n* b\n\nSaid\n\nk   v\nkk  w\n\nEnd"
    )


@needs_data
@pytest.mark.slow
def test_the_quick_way_to_the_text_says_the_same_as_the_slow_one() -> None:
    quick = 0
    for path in sorted((SHARED / "html").glob("*_expected.html")):
        for markup in path.read_text(errors="replace").split("</p>"):
            found = article(body_html=f"{markup}</p><p>After.</p>")
            quick += not re.search("<(ul|ol|dl|table|pre|q|ruby)", found.body_html)
            assert found.body_text == clean.text_of(found.body_html)
    assert quick > 1000


def test_html_without_a_word_gives_way_to_the_text() -> None:
    assert article(body_html="<p><script>x</script></p>", body_text="Words").body_text == "Words"


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + "word " * 2_000_000 + "</p>",
        "&lt;" * 200_000,
        "<p>" + "x" * clean.MARKUP_MAX,
    ],
    ids=["10 MB", "grows in a feed", "just over"],
)
def test_a_body_past_its_limit_is_refused_with_the_limit(body: str) -> None:
    with pytest.raises(clean.RefusedError, match="the limit is"):
        article(body_html=body)


def test_a_text_past_its_limit_is_refused() -> None:
    with pytest.raises(clean.RefusedError, match="shorten it"):
        article(body_text="word " * 300_000)


def test_a_picture_pasted_into_the_body_does_not_count() -> None:
    pasted = '<p>Words <img src="data:image/png;base64,' + "A" * 3_000_000 + '"></p>'

    assert article(body_html=pasted).body_html == "<p>Words</p>"


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 50_000 + "deep" + "</div>" * 50_000,
        "<b>" * 20_000 + "deep",
        "<p " + " ".join(f"a{n}=x" for n in range(50_000)) + ">deep</p>",
        "<table>" * 3000 + "deep",
        "<table><tr><td>" * 99 + "deep",
        "".join(f"<font size={n}>" for n in range(2000)) + "<p>x" * 20_000 + "deep",
        "</b>" * 5000 + "".join(f"<b lang=a{n}>" for n in range(900)) + "<p>x" * 9_000 + "deep",
        "<p>" + "<" * 50_000 + " deep</p>",
        "<p>" + " " * 100_000 + "deep</p>",
        "<!--" * 20_000 + "--><p>deep",
        "<!-- x -->" * 20_000 + "<p>deep",
        "<b>" + "<br>" * 50_000 + "deep</b>",
        "<h2>" + "<br>" * 50_000 + "deep" + "<br>" * 50_000,
        "<script>" * 50_000 + "</script>deep",
        "<p>a" + "\u0300\u0316" * 200_000 + " deep",
        "<a href=" + "&amp;" * 50_000 + ">deep</a>",
        "<p>" + "\xa0\n" * 100_000 + "deep",
    ],
    ids=lambda body: body[:12],
)
def test_no_body_takes_a_second_or_loses_its_words(body: str) -> None:
    began = time.process_time()
    found = article(body_html=body)

    assert time.process_time() - began < 2  # a second, on a machine that does other things too
    assert "deep" in found.body_text
    assert wrongs(found.body_html) == []
    assert len(found.body_html) < 1_048_576


MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<b>",
            "</b>",
            "<a href=x>",
            "</a>",
            "<li>",
            "<ul>",
            "</ul>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
            "<img src=x onerror=alert(1)>",
            "<script>",
            "</script>",
            "<svg>",
            "</svg>",
            "<math>",
            "<style>",
            "</style>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            '"',
            "'",
            ">",
            "<",
            "&",
            "&lt;",
            "&#0;",
            "&#60;",
            "<br>",
            "<h2>",
            "<figure>",
            "<figcaption>",
            "<pre>",
            "<select>",
            "<template>",
            "<noscript>",
            "</noscript>",
            "<title>",
            "<textarea>",
            "\u0338",
            "\x00",
            "<a href=javascript:alert(1)>",
            "<iframe src=//e.example>",
            "<q cite=javascript:x>",
            "<form>",
            "<p id=x>",
            "<a href=#x>",
            "<blockquote>",
            "<details>",
            "<dl>",
            "<dt>",
            "<caption>",
            "<base>",
        ]
    )
    | st.text(max_size=8),
    max_size=25,
).map("".join)


@given(MARKUP)
@settings(max_examples=400, deadline=None)
def test_whatever_the_markup_what_leaves_is_harmless_and_stays_as_it_is(markup: str) -> None:
    once = clean.html(markup, BASE)

    assert_valid(once)
    assert wrongs(once) == []
    again = clean.html(once, BASE)
    assert wrongs(again) == []
    assert clean.text_of(again) == clean.text_of(once)


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


# --- what others collected ---------------------------------------------------------------------


def payloads() -> list[str]:
    return sorted(path.name for path in (SHARED / "xss").glob("*")) if SHARED.is_dir() else []


@needs_data
@pytest.mark.slow
def test_nothing_active_is_left_of_the_payload_collections() -> None:
    names = payloads()
    assert len(names) > 300

    for name in names:
        text = (SHARED / "xss" / name).read_text(errors="replace")
        for payload in (text[: clean.MARKUP_MAX], *text.split("\n")[:2000]):
            body = clean.html(payload, BASE) if payload.strip() else ""
            assert body == "" or wrongs(body) == [], (name, payload[:200])


@needs_data
@pytest.mark.slow
def test_real_pages_leave_nothing_active_and_keep_their_words() -> None:
    pages = sorted((SHARED / "html").glob("*_expected.html"))
    assert len(pages) > 50

    for path in pages:
        markup = path.read_text(errors="replace")
        body = clean.html(markup, BASE)

        assert wrongs(body) == [], path.name
        words = "".join(html.document_fromstring(markup).itertext()).split()
        kept = clean.text_of(body).split()
        assert len(kept) >= 0.9 * len(words), (path.name, len(kept), len(words))
