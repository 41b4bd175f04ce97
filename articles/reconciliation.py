"""Groups and the stories of the last run in, stories that kept their ids out. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What became of stories in one run."""

    stories: Mapping[str, int]  # article id -> story id, for every article of the groups
    aliases: Mapping[int, int]  # story that was merged away -> the one that took it in
    created: tuple[int, ...] = ()  # ids that are new


def reconcile(
    groups: Iterable[Sequence[str]],
    previous: Mapping[str, int],
    *,
    new_id: Callable[[], int],
    told: Collection[str] = (),
) -> Reconciled:
    """The groups with the ids they had in the last run.

    `previous` says which story each article was in. A group takes the story that most of its
    members came from (the smaller id of two); each story goes to one group only. A group without
    one gets a `new_id()`, in the order of the groups. An article in `told` was mailed and stays in
    its story: a group with told articles of several leaves each where it is, and its other articles
    join the one of them that most of the group came from. A story that no article is in any longer
    becomes an alias of where most of its articles went.
    """
    return _Reconciliation(groups, previous, frozenset(told)).run(new_id)


class _Reconciliation:
    """One run of `reconcile`: what is fixed, who claims what, who is left."""

    def __init__(
        self, groups: Iterable[Sequence[str]], previous: Mapping[str, int], told: frozenset[str]
    ) -> None:
        self._groups = [tuple(members) for members in groups]
        self._previous = previous
        self._fixed = {article: previous[article] for article in told if article in previous}
        self._came_from = [
            Counter(previous[article] for article in members if article in previous)
            for members in self._groups
        ]

    def run(self, new_id: Callable[[], int]) -> Reconciled:
        claims = self._claims()
        created: list[int] = []
        stories: dict[str, int] = {}
        for number, members in enumerate(self._groups):
            free = [article for article in members if article not in self._fixed]
            stories |= {
                article: self._fixed[article] for article in members if article in self._fixed
            }
            if free and number not in claims:
                claims[number] = new_id()
                created.append(claims[number])
            stories |= dict.fromkeys(free, claims.get(number, 0))
        return Reconciled(stories=stories, aliases=self._aliases(stories), created=tuple(created))

    def _claims(self) -> dict[int, int]:
        """The story of each group that has one already."""
        claims: dict[int, int] = {}
        for number, members in enumerate(self._groups):
            anchors = {self._fixed[article] for article in members if article in self._fixed}
            if anchors:
                claims[number] = min(anchors, key=lambda s: (-self._came_from[number][s], s))
        taken = set(self._fixed.values())  # mailed: it cannot become the story of other articles
        wanted = sorted(
            (-held, story, number)
            for number, counts in enumerate(self._came_from)
            for story, held in counts.items()
        )
        for _, story, number in wanted:
            if number not in claims and story not in taken:
                claims[number] = story
                taken.add(story)
        return claims

    def _aliases(self, stories: Mapping[str, int]) -> dict[int, int]:
        """The stories that are no more, and where most of their articles are now."""
        alive = set(stories.values()) | set(self._fixed.values())
        went: defaultdict[int, Counter[int]] = defaultdict(Counter)
        for article, story in stories.items():
            before = self._previous.get(article, story)
            if before not in alive:
                went[before][story] += 1
        return {
            before: min(counts, key=lambda s: (-counts[s], s))
            for before, counts in sorted(went.items())
        }
