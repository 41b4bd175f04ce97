"""A domain and the addresses its mail leaves from in, what receivers will make of it out. Pure.

Evaluates RFC 7208 as far as the records of senders go: ip4, ip6, a, mx, include, redirect and all,
with the limits on lookups that make real records fail. Macros, `exists` and `ptr` are not
evaluated: a record that hangs on them is "cannot be told".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Literal

from newsletter.dns import Resolver

#: RFC 7208, 4.6.4: more lookups than this are a permanent error, and count as no SPF at all.
LOOKUPS_MAX = 10

Result = Literal["pass", "fail", "softfail", "neutral", "none", "permerror", "unknown"]

_QUALIFIERS: dict[str, Result] = {
    "+": "pass",
    "-": "fail",
    "~": "softfail",
    "?": "neutral",
}
_TERM = re.compile(r"([+~?-]?)([a-z0-9]+)(?:[:=]([^/\s]*))?((?:/\d+)?(?://\d+)?)", re.IGNORECASE)


@dataclass
class _Count:
    lookups: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receiver concludes for one address."""

    result: Result
    why: str = ""
    record: str = field(default="")


def check(resolver: Resolver, domain: str, address: str) -> Verdict:
    """RFC 7208's check_host() for mail of `domain` that comes from the IP `address`.

    Raises:
        ResolverError: the DNS did not answer.
    """
    return _check(resolver, domain, address, _Count())


def record_of(resolver: Resolver, domain: str) -> tuple[str, ...]:
    """The SPF records of a domain; there must be exactly one."""
    return tuple(
        text
        for text in resolver.texts(domain)
        if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")
    )


def _check(resolver: Resolver, domain: str, address: str, count: _Count) -> Verdict:
    records = record_of(resolver, domain)
    if len(records) > 1:
        return Verdict("permerror", f"{domain} has {len(records)} SPF records; merge them into one")
    if not records:
        return Verdict("none", f"{domain} has no SPF record")
    redirect = ""
    for word in records[0].split()[1:]:
        term = _TERM.fullmatch(word)
        if term is None or "%" in word:
            return Verdict("unknown", f"{word!r} cannot be evaluated here", records[0])
        qualifier, name, value, length = term.groups()
        name = name.lower()
        if name == "redirect":
            redirect = value
        elif name != "exp":
            outcome = _matches(resolver, name, value or domain, length, address, count)
            if isinstance(outcome, Verdict):
                return outcome
            if outcome:
                return Verdict(_QUALIFIERS[qualifier or "+"], word, records[0])
    if redirect:
        over = _looked_up(count)
        return over or _check(resolver, redirect, address, count)
    return Verdict("neutral", "no part of the record speaks of this address", records[0])


def _matches(
    resolver: Resolver, name: str, value: str, length: str, address: str, count: _Count
) -> bool | Verdict:
    if name == "all":
        return True
    if name in ("ip4", "ip6"):
        return _within(address, [value + length])
    if name not in ("a", "mx", "include"):
        return Verdict("unknown", f"{name!r} cannot be evaluated here")
    if over := _looked_up(count):
        return over
    if name == "include":
        inner = _check(resolver, value, address, count)
        if inner.result in ("permerror", "unknown", "none"):
            result: Result = "permerror" if inner.result == "none" else inner.result
            return Verdict(result, f"include:{value}: {inner.why}")
        return inner.result == "pass"
    hosts = resolver.exchanges(value)[:LOOKUPS_MAX] if name == "mx" else (value,)
    return _within(
        address,
        [f"{each}{_length(each, length)}" for host in hosts for each in resolver.addresses(host)],
    )


def _looked_up(count: _Count) -> Verdict | None:
    count.lookups += 1
    if count.lookups > LOOKUPS_MAX:
        return Verdict("permerror", f"the record needs more than {LOOKUPS_MAX} lookups")
    return None


def _length(address: str, lengths: str) -> str:
    """Of `/24//64`, the part for this kind of address."""
    four, _, six = lengths.partition("//")
    if ":" in address:
        return f"/{six}" if six else ""
    return four


def _within(address: str, networks: list[str]) -> bool:
    """Whether the address lies in one of the networks; what is no network holds nothing."""
    asked = ip_address(address)
    for each in networks:
        try:
            if asked in ip_network(each, strict=False):
                return True
        except ValueError:
            continue
    return False
