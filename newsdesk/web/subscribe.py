"""Somebody who wants the digest in, a letter that asks whether it was them out. SQLite.

    GET  /subscribe   the form                     POST /subscribe   written down; a letter follows
    GET  /c/TOKEN     what was asked for           POST /c/TOKEN     subscribed

The answer to the form is the same for every address, after the same work: whether somebody reads
us is nobody's to find out. A GET changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from articles.store import Store
from newsdesk.web.acting import Acting
from newsdesk.web.bodies import form
from newsdesk.web.crowd import Crowd
from newsdesk.web.forms import Chosen, Forms
from newsdesk.web.parts import Parts
from newsletter import signup, tokens, wishes
from newsletter.budget import MINUTES
from newsletter.model import EVERY_DAY, Newsletter
from newsletter.signup import Consent, ExpiredError, FullError
from newsletter.wishes import SubscriberError, Wish
from newsletter.words import primary

#: Forms from one address in the long run, and twice as many at once: a family, an office.
FORMS_PER_MINUTE = 5

#: What a caller is told to wait.
RETRY_AFTER_S = 300

log = structlog.get_logger()

Client = Callable[[Request], str]


def routes(
    parts: Parts, acting: Acting, forms: Forms, client: Client, prefix: str
) -> Sequence[Route]:
    """The addresses of subscribing, under `prefix`. `client` says whose bucket a request is."""
    people = _People(parts, acting, forms, client, Crowd(FORMS_PER_MINUTE))
    return (
        Route(f"{prefix}subscribe", people.subscribe, methods=["GET", "POST"]),
        Route(f"{prefix}c/{{token}}", people.confirm, methods=["GET", "POST"]),
    )


@dataclass(frozen=True, slots=True)
class _People:
    parts: Parts
    acting: Acting
    forms: Forms
    client: Client
    crowd: Crowd

    @property
    def newsletter(self) -> Newsletter:
        return self.parts.newsletter

    async def subscribe(self, request: Request) -> Response:
        language = self._language(request.query_params.get("language", ""))
        if request.method != "POST":
            chosen = self._chosen(language, request.query_params.getlist("region"))
            return await run_in_threadpool(
                self.acting.on_store, lambda store: self._form(store, chosen)
            )
        fields = await form(request)
        if self.crowd.take(self.client(request), 1.0, time.monotonic()):
            return self._too_many(language)
        return await run_in_threadpool(self._asked, fields)

    def _asked(self, fields: Mapping[str, list[str]]) -> Response:
        language = self._language(_one(fields, "language"))
        address = _one(fields, "address")
        chosen = self._chosen(
            language, fields.get("region", []), _one(fields, "hour"), _one(fields, "zone")
        )
        try:
            wish = self._wish(address, chosen)
        except SubscriberError:
            return self.acting.on_store(lambda store: self._form(store, chosen, address))
        page = f"{self.newsletter.mail_url}subscribe"
        consent = Consent(words=self.forms.agreed(language), page=page)

        def write_down(store: Store) -> Response:
            try:
                signup.ask(store.db, wish, consent, now=self.acting.clock())
            except FullError:
                return self._too_many(language)
            return HTMLResponse(self.forms.asked(language))

        return self.acting.on_store(write_down)

    def _form(self, store: Store, chosen: Chosen, address: str | None = None) -> Response:
        """The form; with an address, which is wrong then."""
        busy = store.live_regions()
        if address is None:
            return HTMLResponse(self.forms.subscribe(chosen, busy))
        error = self.forms.bad_address(chosen.language)
        return HTMLResponse(self.forms.subscribe(chosen, busy, address=address, error=error), 400)

    async def confirm(self, request: Request) -> Response:
        token = request.path_params["token"]
        act = self._confirm if request.method == "POST" else self._ask
        return await run_in_threadpool(self.acting.on_store, lambda store: act(store, token))

    def _ask(self, store: Store, token: str) -> Response:
        key = tokens.subscriber_of(self.acting.secrets, token, tokens.CONFIRM)
        asked = signup.pending(store.db, key, self.acting.clock())
        if asked is None:
            return self._expired()
        return HTMLResponse(self.forms.confirm(asked.wish))

    def _confirm(self, store: Store, token: str) -> Response:
        key = tokens.subscriber_of(self.acting.secrets, token, tokens.CONFIRM)
        now = self.acting.clock()
        try:
            subscriber = signup.confirm(store.db, key, now)
        except ExpiredError:
            return self._expired()
        log.info("subscribed", subscriber=subscriber.id)
        mine = tokens.token(self.acting.secrets, subscriber.key, tokens.PREFERENCES)
        return HTMLResponse(self.forms.confirmed(subscriber, now, f"../p/{mine}"))

    def _expired(self) -> Response:
        return HTMLResponse(self.forms.expired(self.newsletter.language, "../subscribe"), 410)

    def _too_many(self, language: str) -> Response:
        wait = {"Retry-After": f"{RETRY_AFTER_S}"}
        return HTMLResponse(self.forms.too_many(language), 429, wait)

    def _language(self, tag: str) -> str:
        return tag if primary(tag) == tag and tag.isalpha() else self.newsletter.language

    def _chosen(
        self, language: str, regions: Sequence[str], hour: str = "", zone: str = ""
    ) -> Chosen:
        return Chosen(
            regions=regions,
            hour=hour or f"{self.newsletter.hour:%H:%M}",
            time_zone=zone or self.newsletter.time_zone,
            language=language,
            days=EVERY_DAY,
            minutes=MINUTES,
            form="html",
        )

    def _wish(self, address: str, chosen: Chosen) -> Wish:
        return wishes.checked(
            address,
            wishes.resolver(self.parts.table),
            regions=chosen.regions,
            hour=chosen.hour,
            time_zone=chosen.time_zone,
            language=chosen.language,
        )


def _one(fields: Mapping[str, list[str]], name: str) -> str:
    """A field's last value: browsers and people send one."""
    return fields.get(name, [""])[-1].strip()
