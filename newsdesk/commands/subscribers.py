"""subscribers add, list, remove, import, export: who gets the digest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from newsdesk import say

app = typer.Typer(help="Who gets the digest.", no_args_is_help=True)


@app.command()
def add(
    context: typer.Context,
    address: str,
    regions: Annotated[str, typer.Option(help="Regions, parted by commas; all if none.")] = "",
    hour: Annotated[str, typer.Option(help="Local time, default the newsletter's.")] = "",
    time_zone: Annotated[str, typer.Option(help="IANA zone, default the site's.")] = "",
    language: Annotated[str, typer.Option(help="BCP 47, default the site's.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="They left before, and asked to return.")
    ] = False,
) -> None:
    """Subscribe an address whose owner asked for it."""
    from newsdesk import config, setup
    from newsletter import subscribers, wishes

    desk = config.load(context.obj)
    wish = wishes.checked(
        address,
        wishes.resolver(setup.region_table(desk)),
        regions=regions.split(","),
        hour=hour or desk.newsletter.hour,
        time_zone=time_zone or desk.site.time_zone,
        language=language or desk.site.language,
    )
    with setup.opened(desk) as store:
        made = subscribers.add(
            store.db, wish, now=datetime.now(UTC), source="operator", asked_again=again
        )
    say.lines(_line(made))


@app.command("list")
def list_(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Everybody who gets the digest."""
    from newsdesk import config, setup
    from newsletter import subscribers

    with setup.opened(config.load(context.obj)) as store:
        everybody = subscribers.active(store.db)
    if as_json:
        say.json(everybody)
        return
    say.lines(*map(_line, everybody))
    if not everybody:
        say.note("nobody yet; `newsdesk subscribers add ADDRESS` adds one")


@app.command()
def remove(context: typer.Context, address: str) -> None:
    """End a subscription, at once.

    Nothing that waits for the address is sent.
    """
    from articles.errors import NewsdeskError
    from newsdesk import config, setup
    from newsletter import subscribers

    with setup.opened(config.load(context.obj)) as store:
        found = subscribers.find(store.db, address)
        if found is None:
            raise NewsdeskError(f"{address} is not subscribed; see `newsdesk subscribers list`")
        subscribers.remove(store.db, found, now=datetime.now(UTC), reason="operator")
    say.lines(f"{found.address} gets nothing more, and no import brings it back")


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV with a column for the address.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Subscribe the addresses of a CSV file.

    Those who left stay away.
    """
    from newsdesk import config, setup
    from newsletter import exchange, wishes

    desk = config.load(context.obj)
    defaults = exchange.Defaults(
        hour=desk.newsletter.hour, time_zone=desk.site.time_zone, language=desk.site.language
    )
    with setup.opened(desk) as store:
        report = exchange.import_csv(
            store.db,
            file.read_bytes(),
            wishes.resolver(setup.region_table(desk)),
            defaults,
            now=datetime.now(UTC),
            source=f"import of {file.name}",
        )
    if as_json:
        say.json(report)
        return
    for each in (*report.unchanged, *report.refused):
        say.note(f"{file}: {each.where}: {each.reason}")
    if report.ignored:
        say.note(f"{file}: columns not known: {', '.join(report.ignored)}")
    say.lines(
        f"{file}: {report.added:,} added, {report.known:,} known, {len(report.refused):,} refused"
    )


@app.command()
def export(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of CSV.")] = False,
) -> None:
    """Print everybody as CSV that `import` reads."""
    from newsdesk import config, setup
    from newsletter import exchange

    with setup.opened(config.load(context.obj)) as store:
        say.raw(exchange.export_json(store.db) if as_json else exchange.export_csv(store.db))


def _line(subscriber: object) -> str:
    from newsletter.model import Subscriber

    assert isinstance(subscriber, Subscriber)
    regions = ", ".join(subscriber.regions) or "all regions"
    return (
        f"{subscriber.address:<32} {subscriber.hour:%H:%M} {subscriber.time_zone}"
        f" ({subscriber.language}): {regions}"
    )
