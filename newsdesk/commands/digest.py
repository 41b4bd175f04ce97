"""digest preview, send, status: the day's mail."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from newsdesk import say

app = typer.Typer(help="The daily digest.", no_args_is_help=True)

Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The local date, default today.")
]


@app.command()
def preview(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="A subscriber; a new reader if none.")] = "",
    day: Day = None,
    regions: Annotated[str, typer.Option(help="Regions, parted by commas; all if none.")] = "",
    language: Annotated[str, typer.Option(help="BCP 47, default the newsletter's.")] = "",
    minutes: Annotated[str, typer.Option(help="2, 5 or 10 minutes.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to, default the desk's preview/.")
    ] = None,
    look: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open it in the browser, as is done in a terminal."),
    ] = None,
) -> None:
    """Show somebody's edition in the browser: phone and desktop, by day and by night, as text."""
    import webbrowser

    from newsdesk import config, previewing, setup

    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        made = previewing.preview(
            desk,
            store,
            previewing.Wanted(
                address=address,
                regions=[word.strip() for word in regions.split(",") if word.strip()],
                language=language,
                minutes=minutes,
                day=day.date() if day else None,
            ),
            now=datetime.now(UTC),
            out=(out or desk.folder / "preview").resolve(),
        )
    if made is None:
        say.note("nothing new for them on that day: no mail")
        return
    say.lines(made.subject, *(str(path) for path in made.files))
    if sys.stdout.isatty() if look is None else look:
        webbrowser.open(made.files[0].as_uri())


@app.command()
def send(
    context: typer.Context,
    day: Day = None,
    to: Annotated[str, typer.Option(help="Only to this subscriber.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would get what.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Send what is due now; with --day, that day's edition whatever the hour. Nobody gets two."""
    from newsdesk import config, sending

    report = sending.send(
        config.load(context.obj),
        now=datetime.now(UTC),
        day=day.date() if day else None,
        to=to,
        dry_run=dry_run,
    )
    if as_json:
        say.json(report.as_json())
    else:
        say.lines(*report.sentences())
    if report.failed:
        raise typer.Exit(1)


@app.command()
def status(
    context: typer.Context,
    day: Day = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """How far a day's digest got, and what needs a person."""
    from newsdesk import config, sending, setup

    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        state = sending.status(desk, store, day.date() if day else None, datetime.now(UTC))
    if as_json:
        say.json(state)
    else:
        say.lines(*sending.status_sentences(state))
