"""dkim new: keys that sign the digest, and what has to be in the DNS for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from newsdesk import say

app = typer.Typer(help="Keys that sign the mail.", no_args_is_help=True)


@app.command()
def new(
    context: typer.Context,
    selector: Annotated[
        str, typer.Option(help="What the keys are published under; the month unless said.")
    ] = "",
) -> None:
    """Make a pair of keys, and print their DNS records.

    RSA and Ed25519; and the setting that uses them.
    """
    from newsdesk import config, mailing
    from newsletter import dkim

    desk = config.load(context.obj)
    keys = mailing.new_keys(desk, selector or f"{datetime.now(UTC):%Y%m}")
    for key in keys:
        say.lines(dkim.zone_line(key))
    names = ", ".join(f'"{key.selector}"' for key in keys)
    say.note(f"Publish these records; when the DNS answers with them, write to {config.FILE}:")
    say.note(f"[mail]\ndkim = [{names}]")


@app.command("list")
def list_(context: typer.Context) -> None:
    """The records of the keys that sign now."""
    from newsdesk import config, mailing
    from newsletter import dkim

    say.lines(*map(dkim.zone_line, mailing.post(config.load(context.obj)).keys))
