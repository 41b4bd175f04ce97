"""A request in, its body out, as far as it is small and comes soon. Network."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

#: `List-Unsubscribe=One-Click` has 26 bytes, as multipart/form-data (RFC 8058, 3.2) some 200.
BODY_BYTES_MAX = 4096

#: Every region and country there is, chosen by name: some 6 kB.
FORM_BYTES_MAX = 16 * 1024

#: Regions, and a dozen other fields.
FIELDS_MAX = 400

#: So little comes in one packet; who needs longer keeps a connection from others.
BODY_WITHIN_S = 10.0


async def body(request: Request, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The whole body.

    Raises:
        HTTPException: 413 over `bytes_max`, 408 after BODY_WITHIN_S, 400 if it ends too soon.
    """
    content = b""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for chunk in request.stream():
                content += chunk
                if len(content) > bytes_max:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return content


async def form(request: Request) -> dict[str, list[str]]:
    """The fields of a form, each with its values in order (application/x-www-form-urlencoded).

    Raises:
        HTTPException: as `body`; 400 for what is no form.
    """
    content = await body(request, FORM_BYTES_MAX)
    try:
        return parse_qs(content.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise HTTPException(400) from error
