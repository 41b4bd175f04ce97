"""Bytes in, the same compressed out, always equal for equal bytes. Pure."""

from __future__ import annotations

import gzip

import brotli

from feeds import encodings
from newsdesk.web.negotiation import Coding


def compressed(content: bytes, coding: Coding) -> bytes:
    """`content` in this coding, as it would lie beside its file."""
    if coding == "gzip":
        return encodings.gzipped(content)
    return encodings.brotlied(content) if coding == "br" else content


def restored(content: bytes, coding: Coding) -> bytes | None:
    """What was compressed; None where this is not a whole stream of that coding."""
    try:
        if coding == "gzip":
            return gzip.decompress(content)
        return bytes(brotli.decompress(content))
    except (OSError, EOFError, ValueError, brotli.error):
        return None
