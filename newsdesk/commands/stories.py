"""stories, stories group: which articles tell the same event."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from newsdesk import say

app = typer.Typer(help="Which articles tell the same event.", invoke_without_command=True)


@app.callback()
def list_(
    context: typer.Context,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day, default today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Stories that have an article of that day, with the days before it."""
    if context.invoked_subcommand:
        return
    from newsdesk import config, overview, setup

    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        told = overview.stories_of(store, desk.site, day.date() if day else None, datetime.now(UTC))
    if as_json:
        say.json(
            [
                {
                    "story": story.id,
                    "articles": [
                        {"id": a.id, "title": a.title, "published_at": a.published_at}
                        for a in story.articles
                    ],
                }
                for story in told
            ]
        )
        return
    for story in told:
        say.lines(f"{story.id}")
        for article in reversed(story.articles):
            say.lines(f"    {article.published_at:%d %b %H:%M}  {article.title}")
    if not told:
        say.note("no story has an article of that day")


@app.command()
def group(
    file: Annotated[Path, typer.Argument(help="JSON Lines, .gz too; needs no desk.")],
    out: Annotated[Path, typer.Option(help='Where the {"id", "story"} lines go.')],
) -> None:
    """Group the articles of a file into stories."""
    from articles import stories
    from newsdesk import bare

    started = time.perf_counter()
    articles = [line.article for line in bare.read(file)]
    groups = stories.group(articles)
    number = bare.write(
        out,
        ({"id": member, "story": group[0]} for group in groups for member in group),
    )
    say.note(
        f"{say.count(number, 'article')} in {say.count(len(groups), 'story')},"
        f" in {time.perf_counter() - started:.1f} s: {out}"
    )
