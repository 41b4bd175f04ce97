"""Files as they were published in, the same in a bucket that speaks S3 out. Network.

Only what changed since the last time is sent: articles and archives before the feeds that name
them, feeds before their list, and what was taken away goes last. So who reads the bucket meanwhile
finds what an index names. What was sent is noted when all of it is there: a run that dies, or a
bucket that cannot be reached, costs the next run some sending and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from articles.errors import NewsdeskError, TryAgainError
from articles.store import Store
from feeds import files, record
from feeds.record import PublishedFile

if TYPE_CHECKING:
    from obstore.store import S3Store

#: At a time; each holds one file in memory.
SENDERS = 8

#: One request, its answer included; a bucket that is slower is tried again by the next run.
REQUEST_WITHIN = timedelta(seconds=30)
CONNECT_WITHIN = timedelta(seconds=5)
TRIES = 2

#: As the documented web server has them.
TYPES = {
    ".rss": "text/xml; charset=utf-8",
    ".atom": "text/xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}
CACHE = "public, max-age=900, stale-while-revalidate=900, stale-if-error=86400"


class BucketError(NewsdeskError):
    """The bucket cannot be used as it is set; the message says what to change."""


class BucketAwayError(BucketError, TryAgainError):
    """The bucket did not take what was sent; the next run sends it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where files go. `repr` shows no key."""

    address: str  # "s3://newsroom/desk": the bucket, and what stands before each name in it
    endpoint: str = ""  # of a service that is not Amazon's
    region: str = ""
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    @property
    def prefix(self) -> str:
        path = urlsplit(self.address).path.strip("/")
        return f"{path}/" if path else ""

    @property
    def job(self) -> str:
        """Names our cursor: another bucket gets everything."""
        return f"bucket {self.endpoint} {self.address}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run sent."""

    put: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def send(store: Store, public: Path, bucket: Bucket) -> Sent:
    """Bring the bucket up to what was published last.

    Raises:
        BucketError: it cannot be used as it is set.
        BucketAwayError: it did not take all of it.
    """
    changed = record.files_since(store, store.cursor(bucket.job))
    if not changed:
        return Sent()
    remote = _remote(bucket)
    put: list[str] = []
    for _, same_rank in groupby(sorted(changed, key=_rank), key=lambda each: _rank(each)[0]):
        put += _each(bucket, same_rank, lambda each: _put(remote, bucket, public, each))
    gone = (each for each in changed if not each.digest)
    removed = _each(bucket, gone, lambda each: _remove(remote, bucket, each))
    store.move_cursor(bucket.job, max(each.seq for each in changed))
    return Sent(tuple(put), tuple(removed))


def _rank(each: PublishedFile) -> tuple[int, str]:
    """Deep files first: an archive before its feed, a feed before the list of all."""
    return -each.name.count("/"), each.name


def _each(
    bucket: Bucket, some: Iterable[PublishedFile], act: Callable[[PublishedFile], str | None]
) -> Iterator[str]:
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="bucket") as pool:
        try:
            yield from filter(None, pool.map(act, some))
        except OSError as error:
            raise BucketAwayError(_explained(bucket, error)) from None
        except Exception as error:
            # obstore's own errors have no common base of the language's; none may show a key.
            if not type(error).__module__.startswith("obstore"):
                raise
            kind = BucketError if _is_refusal(error) else BucketAwayError
            raise kind(_explained(bucket, error)) from None


def _put(remote: S3Store, bucket: Bucket, public: Path, each: PublishedFile) -> str | None:
    content = files.read(public / each.name) if each.digest else None
    if content is None:  # taken away, now or since
        return None
    kind = TYPES.get(PurePosixPath(each.name).suffix, "application/octet-stream")
    remote.put(
        bucket.prefix + each.name,
        content,
        attributes={"Content-Type": kind, "Cache-Control": CACHE},
        use_multipart=False,
    )
    return each.name


def _remove(remote: S3Store, bucket: Bucket, each: PublishedFile) -> str:
    remote.delete(bucket.prefix + each.name)
    return each.name


def _remote(bucket: Bucket) -> S3Store:
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise BucketError(
            "publish.bucket is set, but what sends to it is not installed: pip install newsdesk[s3]"
        ) from error
    given = {
        "endpoint": bucket.endpoint,
        "region": bucket.region,
        "access_key_id": bucket.key,
        "secret_access_key": bucket.secret,
    }
    return S3Store(
        urlsplit(bucket.address).netloc,
        config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]
        client_options={
            "timeout": REQUEST_WITHIN,
            "connect_timeout": CONNECT_WITHIN,
            "allow_http": bucket.endpoint.startswith("http://"),
        },
        retry_config={"max_retries": TRIES, "retry_timeout": 2 * REQUEST_WITHIN},
    )


def _is_refusal(error: Exception) -> bool:
    return type(error).__name__ in (
        "PermissionDeniedError",
        "UnauthenticatedError",
        "NotFoundError",
    )


def _explained(bucket: Bucket, error: Exception) -> str:
    """In one line, with nothing secret."""
    said = " ".join(str(error).split())
    for word in (bucket.secret, bucket.key):
        said = said.replace(word, "...") if word else said
    return (
        f"{bucket.address}: the bucket did not take what was published ({said[:300]});"
        " see publish.bucket in newsdesk.toml; all of it is sent again next time"
    )
