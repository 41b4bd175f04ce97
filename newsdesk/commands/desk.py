"""init, import, publish, run, demo, status, config show: the desk as a whole."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from newsdesk import say

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]

config_app = typer.Typer(help="The desk's settings.", no_args_is_help=True)

#: A refused line is named; past this many a count is enough to see that the file is wrong.
REFUSALS_SHOWN_MAX = 20


def add_to(app: typer.Typer) -> None:
    """Hang the verbs that have no noun under `app`."""
    for verb in (init, publish, run, demo, status):
        app.command()(verb)
    app.command("import")(import_)


def init(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Take the defaults; ask nothing.")] = False,
) -> None:
    """Make a desk here: settings, store, and a key."""
    from newsdesk import setup

    folder: Path = context.obj
    name, url = "My newsroom", "https://news.example.org/"
    if not yes:
        name = typer.prompt("Name of the publication", default=name, err=True)
        url = typer.prompt("Its web address", default=url, err=True)
    made = setup.make_desk(folder, name, url, datetime.now(UTC))
    say.lines(
        f"Made {made}. Next:",
        f"  edit {folder / 'newsdesk.toml'}",
        f"  newsdesk -C {folder} import FILE...",
        f"  newsdesk -C {folder} publish",
    )


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(help="JSON, feeds, WordPress and Ghost exports, CSV, Markdown, HTML, text."),
    ],
    url: Annotated[str, typer.Option(help="The page's address, where a copy lacks it.")] = "",
    published: Annotated[str, typer.Option(help="Its time, where a copy lacks it.")] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help="Which column of a table a field is in."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put articles from files into the store. The same again changes nothing."""
    from articles import importing
    from newsdesk import config, setup

    names = _columns(columns or [])
    desk = config.load(context.obj)
    with setup.opened(desk) as store, say.Progress("read", "articles") as progress:
        reports = [
            importing.import_file(store, path, datetime.now(UTC), url, published, names, progress)
            for path in files
        ]
    for report in reports:
        for refusal in report.refused[:REFUSALS_SHOWN_MAX]:
            say.note(f"{report.path}: {refusal.where}: {refusal.reason}")
        if len(report.refused) > REFUSALS_SHOWN_MAX:
            say.note(f"{report.path}: and {len(report.refused) - REFUSALS_SHOWN_MAX} more refused")
    if as_json:
        say.json([report.as_json() for report in reports])
    else:
        say.lines(*(str(report) for report in reports))
    if any(report.refused and not report.taken for report in reports):
        raise typer.Exit(1)


def _columns(said: list[str]) -> dict[str, str]:
    """`["title=Headline"]` as {"title": "Headline"}."""
    pairs = [each.partition("=") for each in said]
    for field, equals, column in pairs:
        if not (field and equals and column):
            raise typer.BadParameter(f"{field}{equals}{column}: write FIELD=COLUMN")
    return {field.strip(): column.strip() for field, _, column in pairs}


def publish(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Look at every article again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in what changed, and write the feeds it changes."""
    from newsdesk import config, publishing

    report = publishing.publish(
        config.load(context.obj), datetime.now(UTC), dry_run=dry_run, full=full
    )
    for refusal in report.refused[:REFUSALS_SHOWN_MAX]:
        say.note(f"left out: {refusal.where}: {refusal.reason}")
    if len(report.refused) > REFUSALS_SHOWN_MAX:
        say.note(f"left out: {len(report.refused) - REFUSALS_SHOWN_MAX} more")
    if as_json:
        say.json(report.as_json())
    else:
        say.lines(*report.sentences())


def run(context: typer.Context) -> None:
    """Keep feeds and digests going.

    Feeds within a minute of an article, the digest at each subscriber's hour.
    """
    import scheduler
    from articles import lock
    from newsdesk import config, inbound, logs, setup
    from newsdesk.web.server import serving

    logs.configure()
    desk, stop = config.load(context.obj), threading.Event()
    with lock.hold(desk.lock, f"newsdesk run since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        say.note(f"The desk in {desk.folder.resolve()} runs; Ctrl-C ends it.")
        with serving(desk), inbound.listening(desk):
            scheduler.run(setup.work(desk), stop)


def demo(context: typer.Context) -> None:
    """Make a desk with demo articles, and run it once.

    In ./demo-desk, or -C DIR.
    """
    from newsdesk.demo import play

    folder: Path = context.obj
    play.play(folder if folder != Path() else Path("demo-desk"), datetime.now(UTC))


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """What the store holds, what waits, what comes next."""
    from newsdesk import config, overview, setup

    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        state = overview.overview(desk, store, datetime.now(UTC))
    if as_json:
        say.json(state)
    else:
        say.lines(*overview.sentences(state))


@config_app.command("show")
def config_show(context: typer.Context, as_json: AsJson = False) -> None:
    """The settings in force, defaults included."""
    from newsdesk import config

    settings = config.load(context.obj).settings
    if as_json:
        say.json(settings)
    else:
        say.lines(config.shown(settings).rstrip())


@config_app.command("rotate-secret")
def rotate_secret(context: typer.Context) -> None:
    """Sign with a new key; old links keep working."""
    from newsdesk import config, keys

    kept = keys.rotate(config.load(context.obj).folder)
    say.lines(f"a new key signs; {say.count(kept - 1, 'older key')} still accepted")
    say.note("a desk that runs takes it up at its next start")
