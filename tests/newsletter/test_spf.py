from __future__ import annotations

import pytest

from newsletter import spf
from tests.newsletter.zone import Zone

HERE = "203.0.113.7"


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:203.0.113.7 -all", "pass"),
        ("v=spf1 ip4:203.0.113.0/24 -all", "pass"),
        ("v=spf1 ip4:198.51.100.0/24 -all", "fail"),
        ("v=spf1 ip4:198.51.100.0/24 ~all", "softfail"),
        ("v=spf1 ip4:198.51.100.0/24", "neutral"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1 a -all", "pass"),
        ("v=spf1 a:mail.example.org -all", "fail"),
        ("v=spf1 a/24 -all", "pass"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 include:mail.example -all", "pass"),
        ("v=spf1 -include:mail.example +all", "fail"),
        ("v=spf1 include:nobody.example -all", "permerror"),
        ("v=spf1 redirect=mail.example", "pass"),
        ("v=spf1 exists:%{i}.example.org -all", "unknown"),
        ("v=spf1 ip4:not-an-address -all", "fail"),
        ("V=SPF1 IP4:203.0.113.7 -ALL", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf10 +all", "none"),
    ],
)
def test_a_record_says_who_may_send(record: str, result: str) -> None:
    zone = Zone(
        {
            "example.org TXT": ["another text", record],
            "example.org A": ["203.0.113.99", HERE],
            "example.org MX": ["mx1.example.org"],
            "mx1.example.org A": [HERE],
            "mail.example.org A": ["198.51.100.1"],
            "mail.example TXT": [f"v=spf1 ip4:{HERE} -all"],
        }
    )

    assert spf.check(zone, "example.org", HERE).result == result


def test_an_ipv6_sender_is_looked_for_among_ipv6() -> None:
    zone = Zone({"example.org TXT": ["v=spf1 ip6:2001:db8::/32 -all"]})

    assert spf.check(zone, "example.org", "2001:db8::7").result == "pass"


def test_two_records_are_none() -> None:
    zone = Zone({"example.org TXT": ["v=spf1 +all", "v=spf1 -all"]})

    verdict = spf.check(zone, "example.org", HERE)

    assert verdict.result == "permerror"
    assert "merge" in verdict.why


def test_a_record_that_needs_too_many_lookups_does_not_count() -> None:
    records = {f"n{n}.example TXT": [f"v=spf1 include:n{n + 1}.example -all"] for n in range(30)}
    zone = Zone(records)

    assert spf.check(zone, "n0.example", HERE).result == "permerror"
    assert len(zone.asked) <= spf.LOOKUPS_MAX + 1


def test_a_record_that_includes_itself_ends() -> None:
    zone = Zone({"example.org TXT": ["v=spf1 include:example.org redirect=example.org"]})

    assert spf.check(zone, "example.org", HERE).result == "permerror"
