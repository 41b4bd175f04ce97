"""inbound read, list: bounces, complaints and wishes to leave that came by mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from newsdesk import say

app = typer.Typer(help="Bounces, complaints and answers.", no_args_is_help=True)

#: The newest are what somebody looks for; --all shows the rest.
SHOWN_MAX = 50


@app.command("read")
def read_(context: typer.Context) -> None:
    """Read what is new in the mailbox, as `run` does every minute."""
    from articles.errors import NewsdeskError
    from newsdesk import config, inbound, setup
    from newsletter.inbound import handling

    desk = config.load(context.obj)
    mailbox = inbound.mailbox(desk)
    if mailbox is None:
        raise NewsdeskError(
            "no mailbox to read: set inbound.maildir or inbound.imap_host in newsdesk.toml"
        )
    with setup.opened(desk) as store:
        counts = handling.collect(store.db, mailbox, desk.secrets, lambda: datetime.now(UTC))
    said = ", ".join(f"{number:,} {did}" for did, number in sorted(counts.items()))
    say.lines(said or "nothing new")


@app.command("list")
def list_(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Not only the newest 50.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """What came back lately, newest first."""
    from newsdesk import config, setup
    from newsletter.inbound import handling

    with setup.opened(config.load(context.obj)) as store:
        facts = handling.facts(store.db, limit=-1 if everything else SHOWN_MAX)
    if as_json:
        say.json(facts)
        return
    for fact in facts:
        words = " ".join(filter(None, (fact.kind, fact.status, fact.reply)))
        say.lines(f"{fact.at:%Y-%m-%d %H:%M} {fact.address or '(erased)':<32} {words}")
    if not facts:
        say.note("nothing came back")
