"""stories show, explain, merge, split, pin, group: which articles tell the same event."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsdesk import say
from newsdesk.commands import days

if TYPE_CHECKING:
    from articles.model import Article, Story
    from articles.store import Store

_Story = Annotated[int, typer.Argument(help="Its number; of one merged away, too.")]
_Article = Annotated[str, typer.Argument(help="An article's number, id or address.")]
_Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]

app = typer.Typer(help="Which articles tell the same event.", invoke_without_command=True)


@app.callback()
def list_(
    context: typer.Context,
    day: Annotated[
        date | None,
        typer.Option(parser=days.day, metavar=days.DAY, help="The day, default today."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Stories that have an article of that day, with the days before it."""
    if context.invoked_subcommand:
        return
    from newsdesk import config, overview, setup

    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        told = overview.stories_of(store, desk.site, day, datetime.now(UTC))
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


@app.command()
def show(context: typer.Context, story: _Story, as_json: _Json = False) -> None:
    """One story: its label, lead and timeline.

    And what it said before its last day.
    """
    from articles import storybook, telling
    from newsdesk import config, setup

    desk = config.load(context.obj)
    with setup.opened(desk) as store:
        found = storybook.story(store, story)
        told = telling.told(found, desk.site.time_zone)
        tied = storybook.tied(store)
    if as_json:
        say.json(
            {
                "story": found.id,
                "asked_for": story,
                "label": told.label,
                "lead": told.lead.id,
                "timeline": [
                    {
                        "day": day,
                        "articles": [
                            {"number": a.number, "id": a.id, "title": a.title, "url": a.url}
                            for a in articles
                        ],
                    }
                    for day, articles in told.timeline
                ],
                "so_far": told.so_far,
                "editors": sorted(tied & {a.number for a in found.articles}),
            }
        )
        return
    if found.id != story:
        say.note(f"story {story} was merged into {found.id}")
    say.lines(typer.style(f"{found.id}  {told.label}", bold=True), f"lead: {told.lead.title}")
    for day, articles in told.timeline:
        say.lines("", f"{day:%A, %d %B %Y}")
        for each in articles:
            kept = "  (an editor's word)" if each.number in tied else ""
            say.lines(f"{each.number:>7}  {each.published_at:%H:%M}  {each.title}{kept}")
    if told.so_far:
        say.lines("", "The story so far", *(f"  {sentence}" for sentence in told.so_far))


@app.command()
def explain(context: typer.Context, one: _Article, other: _Article, as_json: _Json = False) -> None:
    """Why two articles are in one story, or are not."""
    from articles import live, stories, storybook
    from newsdesk import config, setup

    with setup.opened(config.load(context.obj)) as store:
        left, right = (_article(store, text) for text in (one, other))
        reach = timedelta(days=live.LIVE_DAYS)
        first, last = sorted((left.published_at, right.published_at))
        why = stories.explain(left, right, store.live_between(first - reach, last + reach))
        tied = storybook.tied(store)
    same = left.story is not None and left.story == right.story
    editors = bool(tied & {left.number, right.number})
    if as_json:
        say.json({"same_story": same, "editor": editors, "why": why})
        return
    say.lines(
        f"{'one story' if same else 'two stories'}: {left.story}, {right.story}"
        + (" (an editor decided)" if editors else ""),
        f"grouped today they would be {'one' if why.together else 'two'}",
        f"alike {why.score:.2f}; as a link {why.link:.2f}, where {why.needed:.2f} joins",
        f"{why.days_apart:.1f} days apart",
        *(("a page names the other as related, or links to it",) if why.named else ()),
        f"both say: {', '.join(word.lstrip('=') for word in why.shared) or 'nothing of note'}",
    )


@app.command()
def merge(context: typer.Context, into: _Story, story: _Story) -> None:
    """Make one story of two, for good.

    STORY leads to INTO from now on.
    """
    from articles import storybook

    with _editing(context) as (store, _, now):
        _say(storybook.merge(store, into, story, now))


@app.command()
def split(
    context: typer.Context,
    story: _Story,
    articles: Annotated[list[str], typer.Argument(help="Numbers, ids or addresses.")],
) -> None:
    """Make articles of a story one of their own, for good."""
    from articles import storybook

    with _editing(context) as (store, told, now):
        numbers = {_article(store, text).number for text in articles}
        _say(storybook.split(store, story, numbers, told, now))


@app.command()
def pin(context: typer.Context, article: _Article, story: _Story) -> None:
    """Put an article into a story, and keep it there.

    Whatever grouping says.
    """
    from articles import storybook

    with _editing(context) as (store, told, now):
        _say(storybook.pin(store, _article(store, article).number, story, told, now))


@app.command()
def first(
    context: typer.Context,
    story: _Story,
    hours: Annotated[int, typer.Option(min=0, max=24 * 14, help="For so long; 0 ends it.")] = 24,
) -> None:
    """Have digests begin with a story, for a day."""
    from articles import storybook

    with _editing(context) as (store, _, now):
        _say(storybook.put_first(store, story, now + timedelta(hours=hours)))


@contextmanager
def _editing(context: typer.Context) -> Iterator[tuple[Store, Collection[int], datetime]]:
    """The desk's store; the articles that were mailed; now."""
    from newsdesk import config, setup
    from newsletter.ledger import Ledger

    with setup.opened(config.load(context.obj)) as store:
        yield store, Ledger(store.db).told_numbers(), datetime.now(UTC)


def _article(store: Store, text: str) -> Article:
    from articles.placing import UnknownArticleError
    from newsdesk.commands.regions import number_of

    found = store.accepted(number_of(store, text))
    if found is None or found.state != "live":
        raise UnknownArticleError(f"article {text!r} is not live")
    return found.article


def _say(story: Story) -> None:
    say.lines(f"story {story.id}:", *(f"{a.number:>7}  {a.title}" for a in story.articles))
    say.note("the site's related pages follow within a minute, or with `newsdesk publish`")
