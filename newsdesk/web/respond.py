"""A document and a request for it in, the answer out: conditions, codings, what is new.

The order is that of RFC 9110, 13.2.2: If-Match or If-Unmodified-Since, then If-None-Match, and
If-Modified-Since only without it. Then RFC 3229: who says what it had, and that it understands,
gets the entries that came since. Pure, but that the document's bytes are read when they are sent.
"""

from __future__ import annotations

from feeds import delta
from newsdesk.web import conditions
from newsdesk.web.codings import compressed
from newsdesk.web.documents import SUFFIX, Document
from newsdesk.web.messages import Answer, Ask, Fields, plain
from newsdesk.web.negotiation import Coding, coding, is_browser, wants_delta

#: A full answer counts one; what costs a few hundred bytes, a tenth (crowd.py).
SMALL_COST = 0.1

#: Parts of one document kept in memory; who had a rarer version has it made.
PARTS_MAX = 16

VARY = (b"Vary", b"Accept, Accept-Encoding, A-IM")

#: Any page may read feeds: they are public, and nothing in them depends on who asks.
CORS: Fields = (
    (b"Access-Control-Allow-Origin", b"*"),
    (b"Access-Control-Expose-Headers", b"ETag, Last-Modified, IM"),
)

#: A feed as a page: our style sheet, and nothing that runs or is fetched.
AS_PAGE = (b"Content-Security-Policy", b"default-src 'none'; style-src 'self'")

#: RFC 3229, 10.9: a cache that does not know deltas must not take one for the whole.
DELTA_CACHE_CONTROL = b"no-store, im, max-age=900"


def respond(ask: Ask, document: Document) -> Answer:
    """The answer to a GET or HEAD of `document`."""
    sent = _coding(ask, document)
    if not _precondition_holds(ask, document):
        return plain(412, "It is another version by now.", cost=SMALL_COST)
    if (named := _has_it(ask, document)) is not None:
        return _unchanged(document, sent, named)
    answer = _delta(ask, document, sent) or _full(ask, document, sent)
    return answer.without_body() if ask.method == b"HEAD" else answer


def preflight() -> Answer:
    """What a browser asks before a page's script may send conditions (Fetch, 4.8)."""
    more = (
        (b"Access-Control-Allow-Methods", b"GET, HEAD"),
        (b"Access-Control-Allow-Headers", b"If-None-Match, If-Modified-Since, A-IM"),
        (b"Access-Control-Max-Age", b"86400"),
        (b"Allow", b"GET, HEAD, OPTIONS"),
    )
    return Answer(204, (*CORS, *more), cost=SMALL_COST)


def _coding(ask: Ask, document: Document) -> Coding:
    if not document.kind.compressed:
        return "identity"
    return coding(ask.fields.get(b"accept-encoding", b""))


def _precondition_holds(ask: Ask, document: Document) -> bool:
    match = ask.fields.get(b"if-match")
    if match is not None:
        return conditions.matches(match, document.tag)
    before = ask.fields.get(b"if-unmodified-since")
    at = conditions.moment(before) if before is not None else None
    return at is None or document.modified_at <= at


def _has_it(ask: Ask, document: Document) -> bytes | None:
    """The tag by which the client named what it has, if that is this version; None if not."""
    none_match = ask.fields.get(b"if-none-match")
    if none_match is not None:
        return conditions.named(none_match, document.tag)
    since = ask.fields.get(b"if-modified-since")
    at = conditions.moment(since) if since is not None else None
    # Later than ours is as good: some readers send the time of their last visit.
    return conditions.ANY if at is not None and at >= document.modified_at else None


def _unchanged(document: Document, sent: Coding, named: bytes) -> Answer:
    """304, with the ETag under which the client has it: a cache finds its copy by that."""
    tag = document.tag
    own = next((each for each in SUFFIX.values() if named == tag + each), SUFFIX[sent])
    answer = document.unchanged.get(own)
    if answer is None:
        fields = ((b"ETag", b'"%s%s"' % (tag, own)), *_common(document))
        answer = document.unchanged[own] = Answer(304, fields, cost=SMALL_COST)
    return answer


def _delta(ask: Ask, document: Document, sent: Coding) -> Answer | None:
    """226 and what is new since the version that the client names; None if that is not known."""
    fields = ask.fields
    if document.known is None or ask.method != b"GET" or not wants_delta(fields.get(b"a-im", b"")):
        return None
    tags = map(conditions.content_of, conditions.tags(fields.get(b"if-none-match", b"")))
    had = next((tag for tag in tags if tag in document.known.versions), None)
    if had is None:
        return None
    body = _since(document, had, sent)
    if not body:
        return None
    head: Fields = ((b"IM", b"feed"), *_described(ask, document, sent, len(body)))
    instead = (b"Cache-Control", DELTA_CACHE_CONTROL)
    answer = tuple(instead if each[0] == b"Cache-Control" else each for each in head)
    return Answer(226, answer, body, SMALL_COST)


def _since(document: Document, had: bytes, sent: Coding) -> bytes:
    """What came since the version `had`, in this coding; b"" where the whole is as short."""
    body = document.parts.get((had, sent))
    if body is None:
        assert document.known is not None
        whole = document.body("identity")
        part = delta.only_new(document.ending, whole, document.known, had)
        body = compressed(part, sent) if part and len(part) < len(whole) else b""
        if len(document.parts) < PARTS_MAX:
            document.parts[had, sent] = body
    return body


def _full(ask: Ask, document: Document, sent: Coding) -> Answer:
    body = document.body(sent)
    return Answer(200, _described(ask, document, sent, len(body)), body)


def _described(ask: Ask, document: Document, sent: Coding, length: int) -> Fields:
    """The fields of an answer that has a body."""
    kind, in_browser = document.kind, is_browser(ask.fields.get(b"accept", b""))
    as_page = in_browser and bool(kind.in_browser)
    return (
        (b"Content-Type", kind.in_browser if as_page else kind.media_type),
        (b"Content-Length", b"%d" % length),
        *(((b"Content-Encoding", sent.encode()),) if sent != "identity" else ()),
        (b"ETag", document.etag(sent)),
        *_common(document),
        (b"X-Content-Type-Options", b"nosniff"),
        *((AS_PAGE,) if as_page else ()),
    )


def _common(document: Document) -> Fields:
    """What 200, 226 and 304 have alike (RFC 9110, 15.4.5)."""
    return (
        (b"Last-Modified", document.last_modified),
        (b"Cache-Control", document.cache_control),
        VARY,
        *CORS,
        *document.more,
    )
