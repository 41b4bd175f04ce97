"""Whatever markup came in, what leaves is harmless, tidy and has the reader's words."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from articles.markup import MARKUP_MAX, html
from articles.plain import text_of
from tests.articles.border import BASE, SHARED, article, assert_valid, needs_data, wrongs


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
    assert html(typed, BASE) == kept
    assert html(kept, BASE) == kept


@pytest.mark.parametrize(
    "typed", ["Words <!-- ask legal -->", "<p>Words<!-- ask <b>legal</b> --></p>",
              "<div>" * 300 + "Words<!-- ask <b>legal</b> -->", "Words <!-- ask legal"]
)  # fmt: skip
def test_a_comment_is_never_published(typed: str) -> None:
    assert article(body_html=typed).body_text == "Words"


def test_what_stands_in_for_a_missing_plug_in_is_read() -> None:
    assert html("<p>a</p><object data=//evil.example><p>b</p>") == "<p>a</p><p>b</p>"


def test_an_empty_id_is_no_target() -> None:
    assert html('<p id="">x <a href="#">y</a></p>') == "<p>x y</p>"


def test_ids_nobody_links_to_go_and_links_to_nothing_lead_to_the_page() -> None:
    body = html('<p id="body">x <a href="#comments">talk</a></p>', BASE)

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
    assert text_of(found.body_html) == found.body_text
    assert found.body_html.count("<p>") == len(paragraphs)


def test_the_text_says_what_the_html_says_without_link_targets() -> None:
    body = html(
        "<h2>Head</h2><p>One <a href=https://x.example/y>link</a>,<br>two</p><ul><li>a<li>b</ul>"
        "<blockquote><p>Said</p></blockquote><table><tr><th>k<td>v<tr><th>kk<td>w</table><p>End"
    )

    assert text_of(body) == ("Head\n\nOne link,\ntwo\n\n* a\n* b\n\nSaid\n\nk   v\nkk  w\n\nEnd")


@pytest.mark.parametrize("around", ["<p>{}</p>", "<ul><li>{}</li></ul>"])
def test_an_article_about_entities_says_them(around: str) -> None:
    words = around.format("Write &amp;lt; and AT&amp;amp;T")

    assert article(body_html=words).body_text.endswith("Write &lt; and AT&amp;T")


@needs_data
@pytest.mark.slow
def test_the_quick_way_to_the_text_says_the_same_as_the_slow_one() -> None:
    quick = 0
    for path in sorted((SHARED / "html").glob("*_expected.html")):
        for markup in path.read_text(errors="replace").split("</p>"):
            found = article(body_html=f"{markup}</p><p>After.</p>")
            quick += not re.search("<(ul|ol|dl|table|pre|q|ruby)", found.body_html)
            assert found.body_text == text_of(found.body_html)
    assert quick > 1000


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
    once = html(markup, BASE)

    assert_valid(once)
    assert wrongs(once) == []
    again = html(once, BASE)
    assert wrongs(again) == []
    assert text_of(again) == text_of(once)


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
        for payload in (text[:MARKUP_MAX], *text.split("\n")[:2000]):
            body = html(payload, BASE) if payload.strip() else ""
            assert body == "" or wrongs(body) == [], (name, payload[:200])


@needs_data
@pytest.mark.slow
def test_real_pages_leave_nothing_active_and_keep_their_words() -> None:
    pages = sorted((SHARED / "html").glob("*_expected.html"))
    assert len(pages) > 50

    for path in pages:
        markup = path.read_text(errors="replace")
        body = html(markup, BASE)

        assert wrongs(body) == [], path.name
        words = "".join(document_fromstring(markup).itertext()).split()
        kept = text_of(body).split()
        assert len(kept) >= 0.9 * len(words), (path.name, len(kept), len(words))


KEPT = ("table", "li", "blockquote", "pre", "code", "sup", "h2", "h3", "a", "figcaption")


@needs_data
@pytest.mark.slow
def test_real_pages_keep_their_tables_lists_quotes_code_links_and_captions() -> None:
    found, kept = Counter[str](), Counter[str]()
    for path in sorted((SHARED / "html").glob("*_expected.html")):
        markup = path.read_text(errors="replace")
        before, after = document_fromstring(markup), document_fromstring(html(markup, BASE) or "-")
        for tag in KEPT:
            found[tag] += (count := sum(map(_wanted, before.iter(tag))))
            kept[tag] += min(count, sum(map(_wanted, after.iter(tag))))

    assert {tag: count for tag, count in found.items() if kept[tag] < 0.93 * count} == {}


def _wanted(element: Any) -> bool:
    """Not an anchor that leads nowhere, nor the caption of a picture that nobody can get."""
    if element.tag == "a":
        return str(element.get("href")).startswith(("http", "/"))
    if element.tag == "figcaption":
        picture = element.xpath("string(..//img/@src)")
        return (
            picture.startswith("http")
            and "//fakehost" not in picture
            and bool(element.text_content().strip())
        )
    return True


# --- what fuzzing found ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        ("<ul>one<li>two</ul>", "<ul><li>one</li><li>two</li></ul>"),
        ("<ul><li>one</li>two <b>and</b></ul>", "<ul><li>one</li><li>two <b>and</b></li></ul>"),
        ("<ul><li><figure>a<p>b</figure></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<dl>a<figure>b", "<dl><dd>a</dd><dd>b</dd></dl>"),
        ("<dl><div><li>a</div></dl>", "<dl><dd>a</dd></dl>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        (
            '<figure><img src="https://e.example/i.png"></figure> <figcaption>At sea</figcaption>',
            '<figure><img src="https://e.example/i.png" alt=""><figcaption>At sea</figcaption>'
            "</figure>",
        ),
        ("<p> \u0338a", "<p>a</p>"),
        ("<pre>\n\u0338a</pre>", "<pre>a</pre>"),
        ("<p>a\ud800b", "<p>ab</p>"),
    ],
)
def test_odd_nesting_loses_no_words_and_stays_well_formed(markup: str, body: str) -> None:
    assert html(markup) == body
    assert html(body) == body
