"""regions list, regions tag: where articles belong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newsdesk import say

app = typer.Typer(help="Where articles belong.", no_args_is_help=True)


class Mode(StrEnum):
    """What counts as an article's regions."""

    subject = "subject"
    mention = "mention"


@app.command("list")
def list_(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Every region by its feed's name, with its countries and how many live articles it has."""
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
def tag(
    file: Annotated[Path, typer.Argument(help="JSON Lines, .gz too; needs no desk.")],
    out: Annotated[Path, typer.Option(help='Where the {"id", "regions"} lines go.')],
    mode: Annotated[Mode, typer.Option(help="What it is about, or all it names.")] = Mode.subject,
    home: Annotated[str, typer.Option(help="ISO code of the source's own country.")] = "",
) -> None:
    """Propose regions for each article of a file, most important first."""
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
