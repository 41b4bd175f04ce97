"""Words on a command line in, an exit status out: 0 ok, 1 failure, 2 usage, 75 try again later.

Data goes to stdout, progress and logs to stderr. This is the edge of the program: the clock is read
here, and every mishap becomes one sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from newsdesk import __version__
from newsdesk.commands import (
    desk,
    digest,
    dkim,
    doctor,
    inbound,
    regions,
    sources,
    stories,
    subscribers,
    web,
)

#: sysexits.h: the same command will work later.
TRY_AGAIN = 75

app = typer.Typer(
    name="newsdesk",
    help="Regional RSS and Atom feeds and a grouped daily digest, from the articles in store.db.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
desk.add_to(app)
app.command()(web.serve)
app.command()(doctor.doctor)
app.add_typer(digest.app, name="digest")
app.add_typer(sources.app, name="sources")
app.add_typer(stories.app, name="stories")
app.add_typer(regions.app, name="regions")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(inbound.app, name="inbound")
app.add_typer(dkim.app, name="dkim")
app.add_typer(desk.config_app, name="config")


@app.callback()
def options(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("-C", metavar="DIR", help="The desk's folder.", show_default="here")
    ] = Path(),
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Regional RSS and Atom feeds and a grouped daily digest, from the articles in store.db."""
    if version:
        typer.echo(f"newsdesk {__version__}")
        raise typer.Exit
    context.obj = folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, `sys.argv` unless given, and end the process."""
    from articles.errors import NewsdeskError, TryAgainError

    try:
        app(arguments)
    except TryAgainError as error:
        sys.exit(_said(error, TRY_AGAIN))
    except NewsdeskError as error:
        sys.exit(_said(error, 1))
    except BrokenPipeError:  # `newsdesk ... | head` is no failure of ours
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        sys.exit(_said(error, 1))


def _said(error: Exception, status: int) -> int:
    typer.echo(f"newsdesk: {error}", err=True)
    return status
