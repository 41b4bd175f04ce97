"""A selection in, its feed as bytes out, put together from kept entries. Reads SQLite.

What nobody publishes as a file is made when it is asked for. The cost has a bound: so many rows are
looked at, and each article is rendered once for all the feeds that have it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from articles.model import Site
from articles.regions import RegionTable
from articles.store import Store
from feeds import build, probe
from feeds.entries import Entries
from feeds.formats import FORMATS
from feeds.publish import NEVER
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
        limit = build.FEED_ARTICLES_MAX
        numbers = store.selected(selection.some, selection.without, limit=limit)
        with closing(Entries(store, self.table, self.site, self.mark)) as entries:
            found = entries.of(numbers)
        changed_at = store.regions_changed(selection.parts)[1] or NEVER
        feed = build.of_entries(selection.name, found, self.site, self.table, changed_at)
        return ENDINGS[ending].render(feed, None)
