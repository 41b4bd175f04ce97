"""A sender's domain in, what receivers find about it in the DNS out: findings. Network by Resolver.

SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and PTR: what large receivers ask of whoever sends
more than a little. Each finding says what was found and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter import spf
from newsletter.dkim import Key
from newsletter.dns import Resolver, ResolverError

Level = Literal["fine", "mind", "wrong", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    about: str  # "SPF", "disk"
    level: Level
    found: str
    do: str = ""  # what would mend it


def findings(
    resolver: Resolver,
    *,
    sender: str,
    returns: str,
    addresses: Sequence[str],
    keys: Sequence[Key],
) -> Iterator[Finding]:
    """Everything receivers look up.

    `sender` is the domain of the From field, `returns` that of the return address, `addresses` the
    IP addresses the mail leaves from, as far as they are known.
    """
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("SPF", lambda: _spf(resolver, returns, addresses)),
        ("DKIM", lambda: _dkim(resolver, sender, keys)),
        ("DMARC", lambda: _dmarc(resolver, sender, returns, keys)),
        ("PTR", lambda: _ptr(resolver, addresses)),
    ]
    for about, look in checks:
        try:
            yield from look()
        except ResolverError as error:
            yield Finding(about=about, level="unknown", found=str(error), do="try again later")


def _spf(resolver: Resolver, domain: str, addresses: Sequence[str]) -> Iterator[Finding]:
    records = spf.record_of(resolver, domain)
    if not records:
        hosts = " ".join(f"ip{6 if ':' in each else 4}:{each}" for each in addresses)
        record = f"v=spf1 {hosts or 'include:YOUR-MAIL-PROVIDER'} -all"
        yield Finding(
            about="SPF",
            level="wrong",
            found=f"{domain} has no SPF record",
            do=f'publish: {domain}. IN TXT "{record}"',
        )
        return
    if re.search(r"(^|\s)\+?all(\s|$)", records[0]):
        yield Finding(
            about="SPF",
            level="wrong",
            found=f"the record of {domain} lets the whole world send: {records[0]}",
            do="end it in -all or ~all",
        )
    if not addresses:
        yield Finding(
            about="SPF",
            level="unknown" if len(records) == 1 else "wrong",
            found=f"{domain}: {records[0]}",
            do="name the address your mail leaves from with --ip, to have it checked",
        )
    for address in addresses:
        verdict = spf.check(resolver, domain, address)
        level: Level = "fine" if verdict.result == "pass" else "wrong"
        if verdict.result == "unknown":
            level = "unknown"
        yield Finding(
            about="SPF",
            level=level,
            found=f"mail of {domain} from {address}: {verdict.result} ({verdict.why})",
            do="" if level == "fine" else f"add {address} to the SPF record of {domain}",
        )


def _dkim(resolver: Resolver, sender: str, keys: Sequence[Key]) -> Iterator[Finding]:
    if not keys:
        yield Finding(
            about="DKIM",
            level="mind",
            found="messages leave unsigned; large receivers refuse or hide them",
            do="`newsdesk dkim new`, unless your mail server signs",
        )
    for key in keys:
        published = [_squeezed(text) for text in resolver.texts(key.record_name)]
        if _squeezed(key.record) in published:
            yield Finding(
                about="DKIM", level="fine", found=f"{key.record_name} ({key.algorithm}) is public"
            )
        else:
            what = "has another key" if published else "is not published"
            yield Finding(
                about="DKIM",
                level="wrong",
                found=f"{key.record_name} {what}",
                do="publish what `newsdesk dkim list` prints",
            )
        if not _aligned(key.domain, sender):
            yield Finding(
                about="DKIM",
                level="wrong",
                found=f"signs for {key.domain}, but mail comes from {sender}: DMARC ignores it",
                do=f"make a key for {sender}",
            )


def _dmarc(resolver: Resolver, sender: str, returns: str, keys: Sequence[Key]) -> Iterator[Finding]:
    domain, records = _dmarc_records(resolver, sender)
    if len(records) != 1:
        found = "no DMARC record" if not records else f"{len(records)} DMARC records, so none holds"
        yield Finding(
            about="DMARC",
            level="wrong",
            found=f"{sender} has {found}",
            do=f'publish: _dmarc.{sender}. IN TXT "v=DMARC1; p=none"',
        )
        return
    policy = re.search(r"(?:^|;)\s*p\s*=\s*(none|quarantine|reject)\b", records[0], re.IGNORECASE)
    if policy is None:
        yield Finding(
            about="DMARC", level="wrong", found=f"{records[0]}: no policy", do="add p=none"
        )
    elif not _aligned(returns, sender) and not any(_aligned(key.domain, sender) for key in keys):
        yield Finding(
            about="DMARC",
            level="wrong",
            found=f"neither return address ({returns}) nor a signature is of {sender}",
            do=f"sign for {sender}, or collect bounces under it",
        )
    else:
        yield Finding(about="DMARC", level="fine", found=f"{domain}: p={policy[1].lower()}")


def _dmarc_records(resolver: Resolver, domain: str) -> tuple[str, list[str]]:
    """Those of the domain, else of the nearest parent that has any (RFC 7489, 6.6.3, nearly)."""
    labels = domain.split(".")
    for at in range(max(1, len(labels) - 1)):
        name = ".".join(labels[at:])
        texts = resolver.texts(f"_dmarc.{name}")
        records = [text for text in texts if text.lower().startswith("v=dmarc1")]
        if records:
            return name, records
    return domain, []


def _ptr(resolver: Resolver, addresses: Sequence[str]) -> Iterator[Finding]:
    """The name of an address has to lead back to it (RFC 1912, 2.1)."""
    for address in addresses:
        names = resolver.names(address)
        back = [name for name in names if address in resolver.addresses(name)]
        if back:
            yield Finding(about="PTR", level="fine", found=f"{address} is {back[0]}, both ways")
        else:
            found = (
                f"{address} is {', '.join(names)}, which is not it"
                if names
                else (f"{address} has no name")
            )
            yield Finding(
                about="PTR",
                level="wrong",
                found=found,
                do="ask whoever gave you the address for a PTR record of your mail server's name",
            )


def _aligned(one: str, other: str) -> bool:
    """DMARC's relaxed alignment, without a list of public suffixes: one is the other or below."""
    one, other = f".{one.lower()}", f".{other.lower()}"
    return one.endswith(other) or other.endswith(one)


def _squeezed(record: str) -> str:
    return re.sub(r"\s+", "", record).rstrip(";")
