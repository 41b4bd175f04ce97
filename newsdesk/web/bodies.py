"""A request in, its body out, as far as it is small and comes soon. Network."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

#: `List-Unsubscribe=One-Click` has 26 bytes, as multipart/form-data (RFC 8058, 3.2) some 200.
BODY_BYTES_MAX = 4096

#: So little comes in one packet; who needs longer keeps a connection from others.
BODY_WITHIN_S = 10.0


async def body(request: Request) -> bytes:
    """The whole body.

    Raises:
        HTTPException: 413 over BODY_BYTES_MAX, 408 after BODY_WITHIN_S, 400 if it ends too soon.
    """
    content = b""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for chunk in request.stream():
                content += chunk
                if len(content) > BODY_BYTES_MAX:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return content
