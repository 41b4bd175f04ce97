from __future__ import annotations

import pytest

from newsletter import dkim
from newsletter.reputation import findings
from tests.newsletter.zone import Zone

HERE = "203.0.113.7"
KEY = dkim.generated("nd1", "example.org", "ed25519")
GOOD = {
    "example.org TXT": [f"v=spf1 ip4:{HERE} -all"],
    "nd1._domainkey.example.org TXT": [KEY.record],
    "_dmarc.example.org TXT": ["v=DMARC1; p=quarantine; rua=mailto:reports@example.org"],
    f"{HERE} PTR": ["mail.example.org"],
    "mail.example.org A": [HERE],
}


def levels(zone, *, keys=(KEY,), sender="example.org", returns="example.org", addresses=(HERE,)):
    found = findings(zone, sender=sender, returns=returns, addresses=addresses, keys=keys)
    return {each.about: each for each in found}


def test_a_domain_in_order_is_fine():
    assert {each.level for each in levels(Zone(GOOD)).values()} == {"fine"}


@pytest.mark.parametrize(
    ("name", "records", "about", "level", "said"),
    [
        ("example.org TXT", [], "SPF", "wrong", "no SPF record"),
        ("example.org TXT", ["v=spf1 -all"], "SPF", "wrong", "fail"),
        ("example.org TXT", ["v=spf1 +all"], "SPF", "wrong", None),
        ("nd1._domainkey.example.org TXT", [], "DKIM", "wrong", "not published"),
        (
            "nd1._domainkey.example.org TXT",
            ["v=DKIM1; k=ed25519; p=AAAA"],
            "DKIM",
            "wrong",
            "other",
        ),
        ("_dmarc.example.org TXT", [], "DMARC", "wrong", "no DMARC record"),
        ("_dmarc.example.org TXT", ["v=DMARC1; p=none", "v=DMARC1; p=none"], "DMARC", "wrong", "2"),
        ("_dmarc.example.org TXT", ["v=DMARC1"], "DMARC", "wrong", "no policy"),
        (f"{HERE} PTR", [], "PTR", "wrong", "no name"),
        ("mail.example.org A", ["198.51.100.1"], "PTR", "wrong", "not it"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(name, records, about, level, said):
    zone = Zone({**GOOD, name: records})
    every = list(
        findings(zone, sender="example.org", returns="example.org", addresses=(HERE,), keys=(KEY,))
    )
    wrong = [each for each in every if each.level != "fine"]

    assert {each.about for each in wrong} == {about}
    assert wrong[0].level == level
    assert wrong[0].do
    if said:
        assert said in wrong[0].found


def test_a_record_in_several_strings_and_with_blanks_is_the_same_key():
    spaced = KEY.record.replace("; ", " ;  ") + ";"
    zone = Zone({**GOOD, "nd1._domainkey.example.org TXT": [spaced]})

    assert levels(zone)["DKIM"].level == "fine"


def test_without_a_key_it_is_said_that_messages_leave_unsigned():
    assert levels(Zone(GOOD), keys=())["DKIM"].level == "mind"


def test_a_parents_policy_holds_for_a_subdomain():
    zone = Zone({**GOOD, "news.example.org TXT": [f"v=spf1 ip4:{HERE} -all"]})

    found = levels(zone, sender="news.example.org", returns="news.example.org")

    assert found["DMARC"].level == "fine"


def test_mail_that_nothing_ties_to_its_sender_fails_dmarc():
    key = dkim.generated("nd1", "relay.example", "ed25519")
    zone = Zone({**GOOD, "relay.example TXT": [f"v=spf1 ip4:{HERE} -all"]})

    found = levels(zone, keys=(key,), returns="relay.example")

    assert found["DMARC"].level == "wrong"


def test_no_answer_is_neither_good_nor_bad():
    found = levels(Zone(GOOD, silent=frozenset({"example.org"})))

    assert found["SPF"].level == "unknown"
    assert found["DMARC"].level == "fine"


def test_without_an_address_spf_is_shown_but_not_judged():
    found = levels(Zone(GOOD), addresses=())

    assert found["SPF"].level == "unknown"
    assert "--ip" in found["SPF"].do
    assert "PTR" not in found
