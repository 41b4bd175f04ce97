"""A subscriber's link in, their choices shown, changed, handed out or erased. SQLite.

    GET  /p/TOKEN          what they chose; with choices in the query, what those would have brought
    POST /p/TOKEN          saved
    GET  /p/TOKEN/data     everything we know of them, as JSON
    GET  /p/TOKEN/erase    the question                        POST /p/TOKEN/erase   erased

The link is the key: no login, no cookie. A GET changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from articles.store import Store
from newsdesk.web.acting import Acting
from newsdesk.web.bodies import FIELDS_MAX, form
from newsdesk.web.forms import PAUSES, Chosen, Forms
from newsdesk.web.parts import Parts
from newsletter import exchange, subscribers, tokens, wishes
from newsletter.model import Subscriber
from newsletter.wishes import SubscriberError

#: What "last week" is.
LATELY = timedelta(days=7)

log = structlog.get_logger()

Fields = Mapping[str, list[str]]
Act = Callable[[Store, Subscriber], Response]


def routes(parts: Parts, acting: Acting, forms: Forms, prefix: str) -> Sequence[Route]:
    """The addresses of preference links, under `prefix`."""
    readers = _Readers(parts, acting, forms)
    return (
        Route(f"{prefix}p/{{token}}", readers.show_or_save, methods=["GET", "POST"]),
        Route(f"{prefix}p/{{token}}/data", readers.data, methods=["GET"]),
        Route(f"{prefix}p/{{token}}/erase", readers.erase, methods=["GET", "POST"]),
    )


@dataclass(frozen=True, slots=True)
class _Readers:
    parts: Parts
    acting: Acting
    forms: Forms

    async def show_or_save(self, request: Request) -> Response:
        if request.method == "POST":
            fields = await form(request)
            return await self._for_reader(
                request, lambda store, reader: self._save(store, reader, fields)
            )
        query = _query(request)
        return await self._for_reader(
            request, lambda store, reader: self._show(store, reader, query)
        )

    async def data(self, request: Request) -> Response:
        return await self._for_reader(request, self._data)

    async def erase(self, request: Request) -> Response:
        act = self._erase if request.method == "POST" else self._ask_to_erase
        return await self._for_reader(request, act)

    async def _for_reader(self, request: Request, act: Act) -> Response:
        def act_if_active(store: Store, subscriber: Subscriber) -> Response:
            if not subscribers.is_active(store.db, subscriber):
                return HTMLResponse(self.acting.pages.done(subscriber))
            return act(store, subscriber)

        token = request.path_params["token"]
        return await run_in_threadpool(
            self.acting.for_reader, act_if_active, token, tokens.PREFERENCES
        )

    def _show(self, store: Store, subscriber: Subscriber, query: Fields) -> Response:
        chosen = _of_fields(query, subscriber) if query else _of(subscriber)
        return self._page(store, subscriber, chosen)

    def _save(self, store: Store, subscriber: Subscriber, fields: Fields) -> Response:
        chosen = _of_fields(fields, subscriber)
        now = self.acting.clock()
        try:
            wish = wishes.checked(
                subscriber.address,
                wishes.resolver(self.parts.table),
                regions=chosen.regions,
                hour=chosen.hour,
                time_zone=chosen.time_zone,
                language=chosen.language,
                days=chosen.days,
                minutes=chosen.minutes,
                form=chosen.form,
            )
        except SubscriberError as error:
            note = self.forms.wrong(subscriber, str(error))
            return self._page(store, subscriber, chosen, note=note, tone="wrong", status=400)
        today = now.astimezone(ZoneInfo(wish.time_zone)).date()
        changed = replace(
            subscriber,
            regions=wish.regions,
            hour=wish.hour,
            time_zone=wish.time_zone,
            language=wish.language,
            days=wish.days,
            minutes=wish.minutes,
            format=wish.format,
            paused_until=_until(chosen.pause, subscriber, today),
        )
        subscribers.change(store.db, changed, now=now)
        log.info("preferences changed", subscriber=subscriber.id)
        note = self.forms.saved(changed, changed.paused_until, now)
        return self._page(store, changed, _of(changed), note=note)

    def _page(
        self,
        store: Store,
        subscriber: Subscriber,
        chosen: Chosen,
        *,
        note: str = "",
        tone: str = "fine",
        status: int = 200,
    ) -> Response:
        known = [slug for slug in chosen.regions if self.parts.table.resolve(slug)]
        lately = store.count_stories(
            known or ["all"], self.acting.clock() - LATELY, self.acting.clock()
        )
        key, secrets = subscriber.key, self.acting.secrets
        page = self.forms.preferences(
            subscriber,
            chosen,
            store.live_regions(),
            lately=lately,
            here=tokens.token(secrets, key, tokens.PREFERENCES),
            leave=f"../u/{tokens.token(secrets, key, tokens.UNSUBSCRIBE)}",
            until=_still(subscriber.paused_until, self.acting.clock().date()),
            note=note,
            tone=tone,
        )
        return HTMLResponse(page, status)

    def _data(self, store: Store, subscriber: Subscriber) -> Response:
        known = exchange.everything(store.db, subscriber)
        return Response(
            json.dumps(known, ensure_ascii=False, indent=2),
            media_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="digest-data.json"'},
        )

    def _ask_to_erase(self, _store: Store, subscriber: Subscriber) -> Response:
        return HTMLResponse(self.forms.erase(subscriber))

    def _erase(self, store: Store, subscriber: Subscriber) -> Response:
        page = self.forms.erased(subscriber.language)  # first: what fails now has changed nothing
        subscribers.erase(store.db, subscriber, now=self.acting.clock())
        log.info("erased", subscriber=subscriber.id)
        return HTMLResponse(page)


def _query(request: Request) -> Fields:
    try:
        return parse_qs(request.url.query, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        return {}


def _of(subscriber: Subscriber) -> Chosen:
    return Chosen(
        regions=subscriber.regions,
        hour=f"{subscriber.hour:%H:%M}",
        time_zone=subscriber.time_zone,
        language=subscriber.language,
        days=subscriber.days,
        minutes=subscriber.minutes,
        form=subscriber.format,
    )


def _of_fields(fields: Fields, subscriber: Subscriber) -> Chosen:
    """What a form says; what it leaves out stays as it is, but for regions and days."""
    before = _of(subscriber)

    def one(name: str, default: str) -> str:
        return fields.get(name, [default])[-1].strip()

    return Chosen(
        regions=tuple(fields.get("region", ())),
        hour=one("hour", before.hour),
        time_zone=one("zone", before.time_zone),
        language=one("language", before.language),
        days=sum({int(each) for each in fields.get("day", ()) if each in _DAYS}),
        minutes=int(value) if (value := one("minutes", "")).isdecimal() else before.minutes,
        form=one("form", before.form),
        pause=one("pause", ""),
    )


def _until(pause: str, subscriber: Subscriber, today: date) -> date | None:
    if pause == "keep":
        return _still(subscriber.paused_until, today)
    lengths = {str(each.days): each for each in PAUSES}
    return today + lengths[pause] if pause in lengths else None


def _still(until: date | None, today: date) -> date | None:
    return until if until is not None and until > today else None


_DAYS = frozenset(str(1 << n) for n in range(7))
