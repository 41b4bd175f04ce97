from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.headers import MessageError, ascii_address
from newsletter.message import (
    FIELDS,
    message,
    message_id,
    personal_words,
)
from newsletter.model import Newsletter, Rendered, Subscriber
from newsletter.personal import fill_html, fill_text
from newsletter.render import render
from tests.newsletter.editions import (
    DAY,
    MORNING,
    NEWSLETTER,
    PAGE,
    PREFERENCES,
    READER,
    UNSUBSCRIBE,
    Newsroom,
    arabic_day,
    corrections_alone,
    ordinary_day,
    quiet_day,
)

#: Of a message with HTML: its parts name their own encoding.
HTML_FIELDS = [name for name in FIELDS if name != "Content-Transfer-Encoding"]

EXPECTED = Path(__file__).parent.parent / "expected" / "digest"
SECRET = "a secret of the test's desk"
DAYS = {
    "ordinary": ordinary_day,
    "quiet": quiet_day,
    "corrections": corrections_alone,
    "arabic": arabic_day,
}

#: What has become a header field, or ended the digest, in other programs.
HOSTILE = (
    "=?utf-8?q?=0D=0ABcc:_v@x?=",
    "=?utf-8?b?DQpCY2M6IHZAeA==?= and more",
    "Breaking\r\nBcc: victim@example.com",
    "Breaking\nBcc: victim@example.com",
    "Breaking\rBcc: victim@example.com",
    "Breaking\u2028Bcc: victim@example.com",
    "Breaking\u2029Bcc: victim@example.com",
    "Breaking\x0bBcc: victim@example.com",
    "Breaking\x0cBcc: victim@example.com",
    "Breaking\x1cBcc: victim@example.com",
    "Breaking\x85Bcc: victim@example.com",
    "Breaking\x00Bcc: victim@example.com",
    "Breaking\r\n\r\n<script>alert(1)</script>",
    "x" * 5_000,
    "word " * 1_000,
    "語" * 5_000,
    "\ud800 half a character",
    ": ; , <> @ () \\ \"",
)  # fmt: skip


def written(
    rendered: Rendered, newsletter: Newsletter = NEWSLETTER, reader: Subscriber = READER
) -> bytes:
    return message(
        rendered,
        newsletter,
        reader,
        day=DAY,
        date=MORNING,
        unsubscribe_url=UNSUBSCRIBE,
        preferences_url=PREFERENCES,
        message_id=message_id(newsletter, DAY, reader, secret=SECRET),
    )


def titled(title: str) -> Rendered:
    room = Newsroom()
    room.write(title)
    return render(room.edition(), NEWSLETTER)


def words_of(part: object) -> str:
    """What a part says, with the line ends of this house."""
    assert isinstance(part, EmailMessage)
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def read(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@pytest.fixture(scope="module")
def ordinary() -> Rendered:
    return render(ordinary_day(), NEWSLETTER, web_url=PAGE)


@pytest.mark.parametrize("name", DAYS)
def test_a_whole_message_is_what_a_person_last_approved(name: str) -> None:
    """`NEWSDESK_RENEW=1 pytest` writes the files anew; then read what changed."""
    newsletter, reader = NEWSLETTER, READER
    if name == "arabic":
        newsletter = replace(
            NEWSLETTER, name="خط الزوال", sender="خط الزوال <digest@news.example.org>"
        )
        reader = replace(READER, language="ar", time_zone="Asia/Amman")
    raw = written(render(DAYS[name](), newsletter, web_url=PAGE), newsletter, reader)
    file = EXPECTED / f"{name}.eml"
    if os.environ.get("NEWSDESK_RENEW"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(raw)

    assert raw == file.read_bytes()


def test_a_message_has_its_fields_in_order(ordinary: Rendered) -> None:
    parsed = read(written(ordinary))

    assert parsed.keys() == HTML_FIELDS
    assert dict(parsed) | {"Content-Type": ""} == {
        "Date": "Sun, 22 Nov 2026 05:30:00 +0000",
        "From": "The Meridian <digest@news.example.org>",
        "To": "reader@mail.example.net",
        "Reply-To": "desk@news.example.org",
        "Subject": "First convoy passes Bab el-Mandeb under the Djibouti escort plan",
        "Message-ID": message_id(NEWSLETTER, DAY, READER, secret=SECRET),
        "MIME-Version": "1.0",
        "List-Id": "The Meridian <digest.news.example.org>",
        "List-Unsubscribe": f"<{UNSUBSCRIBE}>, <mailto:desk@news.example.org"
        "?subject=unsubscribe%20AAECAwQFBgfkq1w2e3r4t5z6>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": "<https://news.example.org/editions/>",
        "List-Help": "<mailto:desk@news.example.org?subject=help>",
        "Feedback-ID": "2026-11-22:en:digest:news.example.org",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "en",
        "Content-Type": "",
    }


@pytest.mark.parametrize("title", HOSTILE)
def test_no_headline_becomes_a_header_field(title: str) -> None:
    raw = written(titled(title))

    for rules in (policy.compat32, policy.default):
        parsed = message_from_bytes(raw, policy=rules)
        assert parsed.keys() == HTML_FIELDS
        assert [each.get_content_type() for each in parsed.walk()][1:] == [
            "text/plain",
            "text/html",
        ]
    assert len(str(read(raw)["Subject"])) <= 78


@pytest.mark.parametrize("words", HOSTILE)
def test_no_name_of_the_operator_s_becomes_a_header_field(words: str) -> None:
    newsletter = replace(NEWSLETTER, name=words, sender="digest@news.example.org")

    parsed = read(written(render(quiet_day(), newsletter), newsletter))

    assert parsed.keys() == HTML_FIELDS
    assert parsed["From"].addresses[0].addr_spec == "digest@news.example.org"
    assert str(parsed["List-Id"]).endswith("<digest.news.example.org>")


@settings(deadline=None)  # the machine may be busy
@given(st.text(min_size=1))
def test_whatever_the_headline_the_message_reads_as_it_was_written(title: str) -> None:
    rendered = titled(f"A{title}")

    parsed = read(written(rendered))

    assert parsed["Subject"] == rendered.subject
    assert parsed.keys() == HTML_FIELDS


def test_the_bytes_are_fit_for_any_mail_server(ordinary: Rendered) -> None:
    lines = written(ordinary).split(b"\r\n")
    head = lines[: lines.index(b"")]

    assert all(
        max(line, default=0) < 128 and b"\n" not in line and b"\r" not in line for line in lines
    )
    assert max(map(len, lines)) <= 998
    assert max(len(line) for line in lines[len(head) :]) <= 76
    assert max(len(line) for line in head if not line.startswith((b"List-Uns", b" <mailto"))) <= 78


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_lines_of_the_body_are_never_longer_than_quoted_printable_allows(words: str) -> None:
    rendered = Rendered(
        subject="Subject",
        html=f"<p>{words.replace(chr(13), '')}newsdesk-0-unsubscribe{words}".replace("\r", ""),
        text=f"{words}\nFrom {words}newsdesk-0-address {words}\n".replace("\r", ""),
        language="en",
        seal="0",
    ) if words.isprintable() else titled("A headline")  # fmt: skip

    lines = written(rendered).split(b"\r\n")

    assert max(len(line) for line in lines[lines.index(b"") :]) <= 76
    assert not any(line.startswith(b"From ") for line in lines)


def test_the_parts_say_what_was_rendered_with_the_reader_s_own_words(ordinary: Rendered) -> None:
    text, html = read(written(ordinary)).iter_parts()
    own = personal_words(ordinary, READER, UNSUBSCRIBE, PREFERENCES)

    assert words_of(text) == fill_text(ordinary.text, ordinary.seal, own)
    assert words_of(html) == fill_html(ordinary.html, ordinary.seal, own)
    assert ordinary.seal not in words_of(text) + words_of(html)


def test_the_footer_says_why_this_reader_gets_it(ordinary: Rendered) -> None:
    text = words_of(read(written(ordinary)).get_body(("plain",)))

    assert text.split("-" * 72)[-1] == (
        "\nYou get this at reader@mail.example.net because you asked on 3 March\n"
        "2026 for a digest of Middle East, Caucasus and Sahel, each morning at\n"
        "06:30 in Berlin.\n\n"
        f"Change regions or hour:\n{PREFERENCES}\n"
        f"Unsubscribe: {UNSUBSCRIBE}\n"
        "Feeds: https://news.example.org/feeds/\n\n"
        "The Meridian, 14 Harbour Street, Exampleton EX1 2AB\n"
    )


@pytest.mark.parametrize(
    ("hour", "time_zone", "words"),
    [
        (time(6, 30), "Europe/Berlin", "each morning at 06:30 in Berlin"),
        (time(12), "America/Argentina/Salta", "each afternoon at 12:00 in Salta"),
        (time(18, 5), "UTC", "each evening at 18:05 in UTC"),
        (time(0), "Etc/GMT+5", "each morning at 00:00 in GMT+5"),
    ],
)
def test_an_hour_is_told_with_its_place(
    ordinary: Rendered, hour: time, time_zone: str, words: str
) -> None:
    reader = replace(READER, hour=hour, time_zone=time_zone)

    assert personal_words(ordinary, reader, UNSUBSCRIBE, PREFERENCES).each == words


def test_the_day_of_asking_is_the_reader_s_own(ordinary: Rendered) -> None:
    asked = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    reader = replace(READER, asked_at=asked, time_zone="Asia/Tokyo")

    assert personal_words(ordinary, reader, UNSUBSCRIBE, PREFERENCES).asked == "4 March 2026"


def test_readers_words_are_escaped_in_html(ordinary: Rendered) -> None:
    url = "https://news.example.org/u?a=1&b='2'"
    raw = message(
        ordinary,
        NEWSLETTER,
        replace(READER, address="o'reilly&co@mail.example.net"),
        day=DAY,
        date=MORNING,
        unsubscribe_url=url,
        message_id="<1@news.example.org>",
    )

    body = words_of(read(raw).get_body(("html",)))
    assert "o&#x27;reilly&amp;co@mail" in body
    assert 'href="https://news.example.org/u?a=1&amp;b=&#x27;2&#x27;"' in body


def test_two_readers_share_all_but_their_own_words(ordinary: Rendered) -> None:
    other = replace(READER, id=8, key="f" * 32, address="other@mail.example.net")

    mine, theirs = written(ordinary).split(b"\r\n"), written(ordinary, reader=other).split(b"\r\n")

    different = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    assert 3 <= len(different) <= 8


def test_the_same_message_is_the_same_bytes(ordinary: Rendered) -> None:
    again = render(ordinary_day(), NEWSLETTER, web_url=PAGE)

    assert written(ordinary) == written(again)


def test_one_click_is_only_offered_over_https(ordinary: Rendered) -> None:
    raw = message(
        ordinary,
        NEWSLETTER,
        READER,
        day=DAY,
        date=MORNING,
        unsubscribe_url="http://127.0.0.1:8000/u/token",
        message_id="<1@news.example.org>",
    )

    assert "List-Unsubscribe-Post" not in read(raw)
    assert str(read(raw)["List-Unsubscribe"]).startswith(
        "<http://127.0.0.1:8000/u/token>, <mailto:"
    )


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("news.example.org", "desk@news.example.org"),
        ("newsletter.foreign-review.example.org", "digest@foreign-review.example.org"),
    ],
)
def test_list_unsubscribe_fits_lines_of_78_in_whole_addresses(
    ordinary: Rendered, host: str, address: str
) -> None:
    token = "AAECAwQFBgfkq1w2e3r4t5z6"
    raw = message(
        ordinary,
        replace(NEWSLETTER, reply_to=address),
        READER,
        day=DAY,
        date=MORNING,
        unsubscribe_url=f"https://{host}/u/{token}",
        message_id="<1@news.example.org>",
    )

    head = raw.partition(b"\r\n\r\n")[0]
    links = str(read(raw)["List-Unsubscribe"]).strip()
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert f"<https://{host}/u/{token}>" in links
    assert links.startswith("<https:")
    assert f"<mailto:{address}?subject=" in links
    assert links.endswith(f"{token}>")


def test_without_an_archive_there_is_no_field_of_it(ordinary: Rendered) -> None:
    newsletter = replace(NEWSLETTER, archive_url="")

    assert "List-Archive" not in read(written(ordinary, newsletter))


def test_a_message_id_depends_on_newsletter_day_reader_and_secret_alone() -> None:
    def made(
        newsletter: Newsletter = NEWSLETTER,
        day: date = DAY,
        reader: Subscriber = READER,
        secret: str = SECRET,
    ) -> str:
        return message_id(newsletter, day, reader, secret=secret)

    assert made() == made(reader=replace(READER, address="moved@mail.example.net", language="ar"))
    others = {
        made(),
        made(replace(NEWSLETTER, name="The Evening Meridian")),
        made(day=date(2026, 11, 23)),
        made(reader=replace(READER, key="f" * 32)),
        made(secret="another"),
    }
    assert len(others) == 5
    assert made().endswith("@news.example.org>")
    assert READER.key not in made()


def test_names_and_domains_outside_of_ascii_are_encoded(ordinary: Rendered) -> None:
    newsletter = replace(
        NEWSLETTER, sender="Zeitung für Büdingen <digest@zeitung-büdingen.example>"
    )
    reader = replace(READER, address="leser@STRASSE-büdingen.example")

    parsed = read(written(ordinary, newsletter, reader))

    assert parsed["From"].addresses == (
        Address("Zeitung für Büdingen", "digest", "zeitung-xn--bdingen-n2a.example"),
    ) or str(parsed["From"]).startswith("Zeitung für Büdingen <digest@xn--")
    assert str(parsed["To"]).startswith("leser@xn--strasse-b")
    assert parsed["Message-ID"].endswith(".example>")
    assert str(parsed["Message-ID"]).isascii()


@pytest.mark.parametrize(
    "address",
    [
        "müller@mail.example.net",
        "no-at-sign",
        "@mail.example.net",
        "two@at@mail.example.net",
        "a b@mail.example.net",
        "x@mail.example.net\r\nBcc: victim@example.com",
        "x\n@mail.example.net",
        "x@mail.example.net, victim@example.com",
        "x@[127.0.0.1]",
        "x@",
        "x@-mail..example",
        "<x@mail.example.net>",
        "x" * 250 + "@mail.example.net",
    ],
)
def test_an_address_that_cannot_stand_in_a_header_is_refused(address: str) -> None:
    with pytest.raises(MessageError):
        ascii_address(address)


def test_an_address_that_needs_smtputf8_is_refused_with_the_reason(ordinary: Rendered) -> None:
    with pytest.raises(MessageError, match=r"not ASCII.*SMTPUTF8"):
        written(ordinary, reader=replace(READER, address="müller@mail.example.net"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unsubscribe_url", "https://x.example/\r\nBcc: victim@example.com"),
        ("unsubscribe_url", "https://x.example/>, <mailto:victim@example.com"),
        ("unsubscribe_url", "javascript:alert(1)"),
        ("unsubscribe_url", "https://x.example/" + "x" * 1000),
        ("preferences_url", "https://x.example/ y"),
        ("message_id", "<1@x.example>\r\nBcc: victim@example.com"),
        ("message_id", "1@x.example"),
    ],
)
def test_hostile_addresses_of_ours_are_refused(ordinary: Rendered, field: str, value: str) -> None:
    good = {"unsubscribe_url": UNSUBSCRIBE, "message_id": "<1@x.example>"}

    with pytest.raises(MessageError):
        message(ordinary, NEWSLETTER, READER, day=DAY, date=MORNING, **(good | {field: value}))


def test_a_rendered_edition_whose_language_is_a_header_is_refused(ordinary: Rendered) -> None:
    forged = replace(ordinary, language="en\r\nBcc: victim@example.com")

    with pytest.raises(MessageError, match="Bcc"):
        written(forged)


def test_who_wants_text_alone_gets_text_alone(ordinary: Rendered) -> None:
    both = message_from_bytes(written(ordinary), policy=policy.default)

    alone = message_from_bytes(
        written(ordinary, reader=replace(READER, format="text")), policy=policy.default
    )

    assert alone.get_content_type() == "text/plain"
    assert alone.get_content() == both.get_body(("plain",)).get_content()
    assert alone["List-Unsubscribe"] == both["List-Unsubscribe"]
    assert not alone.defects
