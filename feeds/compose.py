"""A selection in, its feed as bytes out, put together from kept entries. Reads SQLite.

What nobody publishes as a file is made when it is asked for. The cost has a bound: so many rows are
looked at, and each article is rendered once for all the feeds that have it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from articles import shelves
from articles.model import Site
from articles.regions import RegionTable
from articles.store import Store
from feeds import catalog, probe, rendering
from feeds.entries import Entries
from feeds.formats import FORMATS
from feeds.selections import Selection

#: Formats by the ending of their names.
ENDINGS = {each.ending: each for each in FORMATS}


@dataclass(frozen=True, slots=True)
class Composer:
    """One publication's feeds, made on demand."""

    site: Site
    table: RegionTable
    mark: str = field(init=False)  # under which entries are kept

    def __post_init__(self) -> None:
        object.__setattr__(self, "mark", probe.mark(self.site, self.table))

    def compose(self, store: Store, selection: Selection, ending: str) -> bytes:
        """The newest articles of the selection in the format `ending` names."""
        listed = catalog.listing(selection.name, self.site, self.table, shelves.labels(store))
        with closing(Entries(store, self.table, self.site, self.mark)) as entries:
            feed, _ = rendering.compose(
                store, entries, rendering.withdrawn(store), listed, self.site
            )
        return ENDINGS[ending].render(feed)
