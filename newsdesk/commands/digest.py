"""digest preview, send, status, why, doubts, resolve, restored, pause, resume."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newsdesk import say
from newsdesk.commands import days

app = typer.Typer(help="The daily digest.", no_args_is_help=True)

Day = Annotated[
    date | None,
    typer.Option(parser=days.day, metavar=days.DAY, help="The local date, default today."),
]


class Answer(StrEnum):
    """What an operator may say of a doubt."""

    sent = "sent"
    resend = "resend"
    drop = "drop"


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
    """Show somebody's edition in the browser.

    By phone and desktop, by day and by night, and as text.
    """
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
                day=day,
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
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Only to this subscriber.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would get what, and why; send nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Yes, the first digest to so many.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Send what is due; nobody gets two of a day.

    With --day, that day's edition whatever the hour.
    """
    from newsdesk import config, sending

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # the messages in hand are finished first
        signal.signal(number, lambda *_: stop.set())
    report = sending.send(
        config.load(context.obj),
        sending.Order(day=day, to=to, dry_run=dry_run, yes=yes, stop=stop.is_set),
        now=datetime.now(UTC),
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
        state = sending.status(desk, store, day, datetime.now(UTC))
    if as_json:
        say.json(state)
    else:
        say.lines(*sending.status_sentences(state))


@app.command()
def why(
    context: typer.Context,
    address: str,
    day: Annotated[
        date | None,
        typer.Argument(parser=days.day, help=f"A local date, {days.DAY}; all if none."),
    ] = None,
) -> None:
    """What an address got, step by step, and what not.

    With the servers' words.
    """
    from newsdesk import config, doubting, setup

    with setup.opened(config.load(context.obj)) as store:
        say.lines(*doubting.why(store, address, day, datetime.now(UTC)))


@app.command()
def doubts(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Messages that may or may not have arrived.

    `digest resolve` settles them.
    """
    from newsdesk import config, doubting, setup

    with setup.opened(config.load(context.obj)) as store:
        found = doubting.doubts(store)
    if as_json:
        say.json(found)
        return
    for each in found:
        say.lines(f"{each.day}  {each.address}  {each.message_id}  {each.server}  {each.reply}")
    if not found:
        say.note("nothing is in doubt")


@app.command()
def resolve(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="An address or a Message-ID in doubt.")] = "",
    answer: Annotated[
        Answer | None,
        typer.Argument(help="sent: it arrived; resend: send it again; drop: let it be."),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(help="A Postfix log, or what `postqueue -j` printed; - is standard input."),
    ] = None,
    unnamed: Annotated[
        Answer | None, typer.Option(help="With --log: what to do with those it does not name.")
    ] = None,
) -> None:
    """Settle doubts, by your word or by the relay's.

    Yours about one address, or its log or queue about all.
    """
    from newsdesk import config, doubting, setup

    if (log is None) == (not what or answer is None):
        raise typer.BadParameter("say ADDRESS sent|resend|drop, or --log FILE")
    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        now = datetime.now(UTC)
        if log is not None:
            rest = unnamed.value if unnamed else ""
            counts = doubting.resolve_by_log(store, log, desk.secrets, now, unnamed=rest)
            say.lines(", ".join(f"{number} {name}" for name, number in counts.items()))
        else:
            assert answer
            for each in doubting.resolve(store, what, answer.value, now):
                say.lines(f"{each}: {answer.value}")


@app.command()
def restored(
    context: typer.Context,
    until: Annotated[
        datetime | None,
        typer.Option(
            parser=days.time,
            metavar=days.TIME,
            help="When mail last may have gone out, in UTC; default now.",
        ),
    ] = None,
) -> None:
    """Say that the whole machine was put back from a backup.

    Digests of hours up to then may have gone out: they are held, in doubt. Where only the store was
    put back this is known without being said.
    """
    from newsdesk import config, setup
    from newsletter.ledger import Ledger

    now = datetime.now(UTC)
    with setup.opened(config.load(context.obj)) as store:
        held = Ledger(store.db).say_restored(until or now, now)
    say.lines(f"{say.count(held, 'delivery')} held; `newsdesk digest doubts` lists them")


@app.command()
def pause(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Shown by status.")] = "by the operator",
) -> None:
    """Send nothing until `resume`.

    What is due is planned, and waits until its deadline.
    """
    from newsdesk import config, setup
    from newsletter.ledger import Ledger

    with setup.opened(config.load(context.obj)) as store:
        Ledger(store.db).pause(reason, datetime.now(UTC))
    say.lines("paused; `newsdesk digest resume` goes on")


@app.command()
def resume(context: typer.Context) -> None:
    """End a pause: a running desk goes on within a minute."""
    from newsdesk import config, setup
    from newsletter.ledger import Ledger

    with setup.opened(config.load(context.obj)) as store:
        was_paused = Ledger(store.db).resume()
    say.lines("sending goes on" if was_paused else "nothing was paused")
