from __future__ import annotations

from email import message_from_bytes

import pytest
from flufl.bounce import all_failures
from hypothesis import given
from hypothesis import strategies as st

from newsletter.inbound.report import MESSAGE_BYTES_MAX, read
from tests.newsletter.inbound.received import EXIM, QMAIL, TO, complaint, dsn, message


@pytest.mark.parametrize(
    ("status", "reply", "found", "lasting"),
    [
        ("5.1.1", "smtp; 550 5.1.1 no such mailbox", "5.1.1", True),
        ("5.1.2", "", "5.1.2", True),
        ("5.1.10", "smtp; 556 5.1.10 null MX", "5.1.10", True),
        ("5.2.1", "smtp; 550 disabled", "5.2.1", True),
        ("5.4.4", "", "5.4.4", True),
        ("5.0.0", "smtp; 550 no such user", "5.0.0", True),
        ("5.0.0", "smtp; 550 5.7.1 our policy", "5.7.1", False),
        ("5.2.2", "smtp; 552 5.2.2 full", "5.2.2", False),
        ("5.3.4", "smtp; 552 too large", "5.3.4", False),
        ("5.7.26", "smtp; 550 5.7.26 unauthenticated", "5.7.26", False),
        ("5.1.8", "smtp; 553 we do not know you", "5.1.8", False),
        ("4.4.1", "", "4.4.1", False),
        ("4.2.2", "smtp; 452 full", "4.2.2", False),
        ("nonsense", "smtp; 550 gone away", "5.0.0", True),
        ("nonsense", "smtp; 451 come again", "4.0.0", False),
        ("5.1.1 (bad destination mailbox address)", "", "5.1.1", True),
    ],
)
def test_a_failure_is_for_good_or_for_now_by_its_code(status, reply, found, lasting):
    report = read(dsn(status=status, reply=reply))

    assert (report.kind, report.status, report.lasting) == ("failed", found, lasting)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", "failed"),
        ("Failed (unrecoverable)", "failed"),
        ("error", "failed"),
        ("delayed", "delayed"),
        ("delivered", "automatic"),
        ("relayed", "automatic"),
        ("expanded", "automatic"),
    ],
)
def test_only_a_failure_is_a_failure(action, kind):
    assert read(dsn(action=action)).kind == kind


def test_a_report_says_the_servers_words_and_what_it_is_about():
    report = read(dsn())

    assert report.reply == "550 5.1.1 no such mailbox"
    assert report.about == ("<20261122.abc@news.example>",)
    assert TO in report.addresses


@pytest.mark.parametrize("raw", [QMAIL, EXIM], ids=["qmail", "exim"])
def test_servers_older_than_the_standard_are_understood(raw):
    report = read(raw)

    assert (report.kind, report.status, report.lasting) == ("failed", "5.1.1", True)


@pytest.mark.parametrize(
    "raw",
    [
        *(dsn(), dsn(action="delayed", status="4.4.1"), dsn(action="delivered", status="2.0.0")),
        *(dsn(action="error"), dsn(status="4.4.7"), dsn(recipient="<gone@reader.example>")),
        *(QMAIL, EXIM, message("See you on Monday."), complaint()),
    ],
)
def test_what_failed_is_what_flufl_bounce_finds_failed(raw):
    temporary, permanent = all_failures(message_from_bytes(raw))
    kind = read(raw).kind

    assert (kind == "failed", kind == "delayed") == (bool(permanent), bool(temporary))


def test_a_complaint_names_the_return_address_of_what_it_complains_of():
    report = read(complaint())

    assert (report.kind, report.reply) == ("complaint", "abuse")
    assert TO in report.addresses


def test_who_takes_a_complaint_back_does_not_complain():
    assert read(complaint(feedback="not-spam")).kind == "automatic"


@pytest.mark.parametrize(
    "written",
    [
        "stop",
        "STOP.",
        "\n\n  Unsubscribe!\n\n> The Meridian wrote",
        "Abmelden\n-- \nInes",
        "désabonner",
        "Baja",
        "إلغاء الاشتراك",
    ],
)
def test_an_answer_that_only_says_stop_is_a_wish_to_leave(written):
    assert read(message(written)).kind == "stop"


@pytest.mark.parametrize(
    "written",
    [
        "Stop the war coverage, please, and write about cheese.",
        "I will not unsubscribe, I like it.",
        "> stop\n\nWhat did you mean by that?",
        "",
    ],
)
def test_an_answer_that_says_more_is_somebodys_letter(written):
    assert read(message(written)).kind == "other"


@pytest.mark.parametrize(
    "field",
    [{"Auto_Submitted": "auto-replied (vacation)"}, {"Precedence": "bulk"}],
    ids=["auto-submitted", "precedence"],
)
def test_a_machine_that_answers_wants_nothing(field):
    assert read(message("Stop", **field)).kind == "automatic"


@pytest.mark.parametrize("verb", ["unsubscribe ", ""], ids=["with its verb", "token alone"])
def test_a_mailed_unsubscribe_carries_its_token(verb):
    token = "Az09-_" * 4
    report = read(message("", subject=f"{verb}{token}", Auto_Submitted="auto-generated"))

    assert (report.kind, report.token) == ("unsubscribe", token)


def test_addresses_come_from_the_envelope_and_from_those_who_carried_it():
    raw = message("", to="a@news.example", Delivered_To="b@news.example")
    report = read(raw, ("c@news.example",))

    assert report.addresses == ("c@news.example", "b@news.example", "a@news.example")


@given(st.binary(max_size=3000))
def test_anything_can_be_read(raw):
    assert read(raw).kind in ("other", "automatic", "stop", "failed", "delayed")


@given(st.data())
def test_a_damaged_report_can_be_read(data):
    raw = bytearray(data.draw(st.sampled_from([dsn(), complaint(), QMAIL, message("Stop")])))
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
    assert read(bytes(raw)).kind


def test_what_is_built_to_be_endless_ends():
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    )
    assert read(nested).kind == "other"
    assert read(dsn() + b"x" * (2 * MESSAGE_BYTES_MAX)).kind == "failed"
    many = b"To: " + b", ".join(b"a%d@example.org" % n for n in range(5000)) + b"\r\n\r\nhello"
    assert len(read(many).addresses) <= 50
