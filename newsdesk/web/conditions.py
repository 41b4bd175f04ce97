"""The conditions of a request in, whether they hold for a document out (RFC 9110, 13). Pure.

A document has one tag for its content and an ETag for each coding: `"TAG"`, `"TAG-gz"`, `"TAG-br"`.
They differ as strong validators must; as conditions they are one, for the content is the same.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache

#: Quoted, as the standard has it, or bare, as some programs send them back.
_TAG = re.compile(rb'(W/)?"([^"]*)"|([^\s,"]+)')

#: Readers ask with the tag they have; lists come from caches that hold a few versions.
TAGS_MAX = 50

#: A list longer than this was not made of our tags.
LIST_BYTES_MAX = 4_096

ANY = b"*"


def named(field: bytes, tag: bytes) -> bytes | None:
    """The one of the tags in If-None-Match that is `tag`, as it was named; None if there is none.

    Weak comparison (13.1.2): `W/` does not count, and neither does what a coding, ours or that of a
    proxy which compresses, has put behind the tag ("-gz", "-gzip", ";br").
    """
    return next((each for each in tags(field) if each == ANY or content_of(each) == tag), None)


def matches(field: bytes, tag: bytes) -> bool:
    """Whether If-Match holds: strong comparison (13.1.1), so a weak tag never does."""
    if field.strip() == ANY:
        return True
    found = _TAG.findall(field[:LIST_BYTES_MAX])
    return any(content_of(opaque) == tag for weak, opaque, _bare in found if not weak)


@lru_cache(maxsize=4_096)
def tags(field: bytes) -> tuple[bytes, ...]:
    """The tags in a list, without quotes and weakness."""
    found = _TAG.findall(field[:LIST_BYTES_MAX])
    return tuple(opaque or bare for _weak, opaque, bare in found[:TAGS_MAX])


def content_of(tag: bytes) -> bytes:
    """The tag without the mark of a coding."""
    return tag.replace(b";", b"-").partition(b"-")[0]


@lru_cache(maxsize=4_096)
def moment(field: bytes) -> float | None:
    """The seconds since 1970 of an HTTP date; None where it is none, which makes it no condition.

    Years before 1970 and after 9999, and zones that cannot be, are no dates.
    """
    try:
        at = parsedate_to_datetime(field.decode("ascii"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
