"""sources, sources look: feeds followed, folders watched, foreign databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from newsdesk import say

app = typer.Typer(help="Feeds followed, folders watched, foreign databases.")

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.callback(invoke_without_command=True)
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Each source of newsdesk.toml: when it was looked at, what it brought, what is wrong."""
    if context.invoked_subcommand:
        return
    from articles.standing.state import States
    from newsdesk import config, setup

    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        states = States(store.db)
        found = [(source, states.of(source)) for source in desk.sources]
    if as_json:
        say.json(
            [
                {
                    "name": source.name,
                    "kind": source.kind,
                    "place": source.place,
                    "looked_at": state.looked_at,
                    "next_at": state.next_at if state.looked_at else None,
                    "failures": state.failures,
                    "problem": state.problem,
                    "changed_at": state.changed_at,
                    "brought": state.brought,
                }
                for source, state in found
            ]
        )
        return
    for source, state in found:
        looked = f"{state.looked_at:%Y-%m-%d %H:%M}" if state.looked_at else "never looked at"
        brought = ", ".join(f"{number:,} {kind}" for kind, number in state.brought.items())
        changed = f", last change {state.changed_at:%Y-%m-%d %H:%M}" if state.changed_at else ""
        end = ", not asked again" if state.next_at is None else ""
        say.lines(f"{source.name:<24} {looked}{changed}{f' ({brought})' if brought else ''}{end}")
        if state.problem:
            say.lines(f"{'':<24} {state.problem}")
    if not found:
        say.note("no sources; docs/import.md says how to follow a feed, a folder or a database")


@app.command()
def look(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Which; all of them unless said.")
    ] = None,
) -> None:
    """Look now, due or not; `run` does it by itself.

    Also at one that said it is gone.
    """
    from articles.errors import NewsdeskError
    from articles.standing import sweeping
    from articles.standing.state import States
    from newsdesk import config, setup

    desk = config.load(context.obj)
    known = {source.name: source for source in desk.sources}
    if unknown := [name for name in names or () if name not in known]:
        raise NewsdeskError(f"no source {unknown[0]!r}; known are {', '.join(known) or 'none'}")
    failed = False
    with setup.opened(desk) as store:
        for name in names or known:
            before = States(store.db).of(known[name])
            after, _ = sweeping.look_at(store, known[name], before, desk.http, datetime.now(UTC))
            fresh = after.changed_at == after.looked_at
            brought = ", ".join(f"{number:,} {kind}" for kind, number in after.brought.items())
            say.lines(f"{name}: {brought if fresh else 'nothing new'}")
            if after.problem:
                say.note(f"{name}: {after.problem}")
            failed = failed or bool(after.failures)
    if failed:
        raise typer.Exit(1)
