"""regions list, explain, queue, set, unset, evaluate, tag: where articles belong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsdesk import say

if TYPE_CHECKING:
    from articles.agreement import Agreement
    from articles.store import Store

app = typer.Typer(help="Where articles belong.", no_args_is_help=True)

_Article = Annotated[str, typer.Argument(help="Its number, id or address.")]
_Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]

#: What an editor writes for an article that is in no region.
NONE = "none"


class Mode(StrEnum):
    """What counts as an article's regions."""

    subject = "subject"
    mention = "mention"


@app.command("list")
def list_(
    context: typer.Context,
    as_json: _Json = False,
) -> None:
    """Every region, its countries and its articles.

    By the name of its feed, with how many live articles it has.
    """
    from newsdesk import config, setup

    folder: Path = context.obj
    counts: dict[str, int] = {}
    if (folder / config.FILE).exists():
        desk = config.load(folder)
        table = setup.region_table(desk)
        with setup.opened(desk) as store:
            counts = store.live_regions()
    else:
        from articles.regions import RegionTable

        table = RegionTable.load()
    rows = [
        {
            "region": region.slug,
            "name": region.name,
            "countries": sorted(region.countries),
            "articles": counts.get(region.slug, 0),
        }
        for region in table.regions
    ]
    if as_json:
        say.json(rows)
        return
    for region in table.regions:
        number = counts.get(region.slug)
        say.lines(
            f"{region.slug:<28} {'' if number is None else number:>6}  {region.name}"
            + ("" if region.is_country else f": {' '.join(sorted(region.countries))}")
        )


@app.command()
def explain(context: typer.Context, article: _Article, as_json: _Json = False) -> None:
    """Why an article is where it is.

    Regions with their scores, and its words with the places marked.
    """
    from articles import regions
    from newsdesk import config, explaining, setup

    desk = config.load(context.obj)
    table, home = setup.region_table(desk), desk.site.home
    with setup.opened(desk) as store:
        number = number_of(store, article)
        accepted, placements = store.accepted(number), store.placements(number)
    assert accepted is not None
    words = accepted.article
    candidates = regions.candidates(words, table, home=home)
    evidence = regions.explain(words, table, home=home)
    if as_json:
        say.json(
            {
                "article": number,
                "id": words.id,
                "title": words.title,
                "regions": words.regions,
                "placements": placements,
                "candidates": candidates,
                "evidence": evidence,
            }
        )
    else:
        say.lines(*explaining.lines(words, placements, candidates, evidence, table))


@app.command()
def queue(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="Show so many, the newest.", min=1)] = 20,
    as_json: _Json = False,
) -> None:
    """Articles that wait for an editor's word.

    Live ones in no region, or in one that is hardly sure.
    """
    from articles import decisions, placing
    from newsdesk import config, setup

    with setup.opened(config.load(context.obj)) as store:
        waiting = decisions.waiting(store, below=placing.SURE)
    if as_json:
        say.json(waiting[:limit])
        return
    for each in waiting[:limit]:
        proposed = " ".join(f"{code} {score:.2f}" for code, score in each.proposed) or NONE
        say.lines(f"{each.number:>7}  {each.published_at:%d %b %Y}  {proposed:<18}  {each.title}")
    if not waiting:
        say.note("no article waits for a region")
    else:
        say.note("`regions explain NUMBER` shows why, `regions set NUMBER REGIONS` decides")
    if len(waiting) > limit:
        say.note(f"and {len(waiting) - limit:,} older; --limit shows more")


@app.command("set")
def set_(
    context: typer.Context,
    article: _Article,
    regions: Annotated[
        str, typer.Argument(help="Parted by commas, as in middle-east,SY; or none.")
    ],
) -> None:
    """Say where an article belongs.

    The tagger's proposal gives way, and is judged by it.
    """
    from articles.regions import RegionError
    from newsdesk import config, setup

    desk = config.load(context.obj)
    table = setup.region_table(desk)
    wanted = [each.strip() for each in regions.split(",") if each.strip()]
    if not wanted:
        raise RegionError(f"no region given; {NONE} is the word for an article in no region")
    if [each.casefold() for each in wanted] == [NONE]:
        wanted = []
    codes = tuple(dict.fromkeys(map(table.known, wanted)))
    _decide(context, article, codes)


@app.command()
def unset(context: typer.Context, article: _Article) -> None:
    """Take back what `regions set` said.

    The article is where the tagger or its row puts it.
    """
    _decide(context, article, None)


@app.command()
def evaluate(
    context: typer.Context,
    as_json: _Json = False,
) -> None:
    """How well the tagger agrees with the editors.

    With what they said by `regions set`.
    """
    from articles import agreement, decisions, regions
    from newsdesk import config, setup

    desk = config.load(context.obj)
    table = setup.region_table(desk)
    with setup.opened(desk) as store:
        kept = decisions.kept(store)
    wanted = [each.codes for each in kept]
    now = [
        tuple(one.code for one in regions.tag(each.article, table, home=desk.site.home))
        for each in kept
    ]
    constant, constantly = agreement.best_constant(wanted, table)
    rows = {
        "tagger": agreement.agreement(wanted, now, table),
        "as proposed then": agreement.agreement(wanted, [each.proposed for each in kept], table),
        f"always {','.join(constant) or NONE}": constantly,
    }
    if as_json:
        say.json({"examples": len(kept), "figures": rows})
        return
    if not kept:
        say.note(
            "nothing to judge by yet: `newsdesk regions set` keeps each decision as an example"
        )
        return
    say.lines(f"{say.count(len(kept), 'example'):<28}     F1  exact  primary")
    say.lines(*(_figures(name, row) for name, row in rows.items()))
    for each, given in zip(kept, now, strict=True):
        if set(each.codes) != set(given):
            said, told = (",".join(codes) or NONE for codes in (each.codes, given))
            say.lines(f"{each.number:>7}  editor {said}, tagger {told}: {each.article.title}")


def _figures(name: str, row: Agreement) -> str:
    return f"{name:<28}  {row.f1:5.3f}  {row.exact:5.3f}    {row.primary:5.3f}"


def _decide(context: typer.Context, article: str, codes: tuple[str, ...] | None) -> None:
    from articles import placing
    from newsdesk import config, setup

    desk = config.load(context.obj)
    table = setup.region_table(desk)
    with setup.opened(desk) as store:
        number = number_of(store, article)
        found = placing.decide(store, table, desk.site, number, codes, datetime.now(UTC))
    said = ", ".join(table.slugs(one.code for one in found)) or "no region"
    by = "the tagger" if any(one.origin == "tagger" for one in found) else "an editor"
    say.lines(f"article {number}: {said} (by {by})")
    say.note("its feeds follow within a minute, or with `newsdesk publish` where nobody runs")


def number_of(store: Store, text: str) -> int:
    """The article that goes by `text`.

    Raises:
        articles.placing.UnknownArticleError: there is none.
    """
    from articles.addresses import web_address
    from articles.placing import UnknownArticleError

    number = store.number_of(text.strip())
    if number is None and (address := web_address(text)):
        number = store.number_of(address)
    if number is None:
        raise UnknownArticleError(
            f"no article {text!r} in the store; write its number, its id or its address"
            " (a new one is known after the next `newsdesk publish`)"
        )
    return number


@app.command()
def tag(
    file: Annotated[Path, typer.Argument(help="JSON Lines, .gz too; needs no desk.")],
    out: Annotated[Path, typer.Option(help='Where the {"id", "regions"} lines go.')],
    mode: Annotated[Mode, typer.Option(help="What it is about, or all it names.")] = Mode.subject,
    home: Annotated[str, typer.Option(help="ISO code of the source's own country.")] = "",
) -> None:
    """Propose regions for the articles of a file.

    The most important first.
    """
    from articles import regions
    from newsdesk import bare

    table, started = regions.RegionTable.load(), time.perf_counter()
    with say.Progress("tag", "articles") as progress:

        def rows() -> Iterator[dict[str, object]]:
            for done, line in enumerate(bare.read(file), 1):
                placed = regions.tag(
                    line.article, table, mode=mode.value, home=home or line.home or None
                )
                yield {"id": line.article.id, "regions": [one.code for one in placed]}
                progress(done)

        number = bare.write(out, rows())
    say.note(f"{say.count(number, 'article')} in {time.perf_counter() - started:.1f} s: {out}")
