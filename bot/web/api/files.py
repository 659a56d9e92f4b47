"""Files of a request: sent to one's own conversation, read again with its token or with reference and access code."""

import asyncio
from urllib.parse import quote, unquote

from aiohttp import BodyPartReader, web

from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from bot.requests.files import FileStore, RequestFile
from bot.requests.files_check import examine
from bot.requests.model import State
from bot.requests.reference import find_access_code, find_reference
from bot.web.api.conversations import token_of
from bot.web.keys import CONVERSATIONS, FILES, LIMITER, REQUESTS, SETTINGS

routes = web.RouteTableDef()

UPLOADS_A_MINUTE = 20
CODES_A_MINUTE = 10
"""Pairs of reference and code that one address may try; each reference has its own limit beside it."""
MEGABYTE = 1_000_000
# A big image takes some hundred megabytes while it is drawn again: one at a time.
_EXAMINING = asyncio.Semaphore(1)
_DOWNLOAD_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@routes.post("/api/conversations/{id}/files")
async def send_file(request: web.Request) -> web.Response:
    """Take a file in, in the part `file`; it answers a field once its payload is sent as a message."""
    conversation_id = request.match_info["id"]
    await request.app[CONVERSATIONS].recognise(conversation_id, token_of(request))
    request.app[LIMITER].check("file", conversation_id, UPLOADS_A_MINUTE, 60)
    if not await request.app[REQUESTS].is_open_in(conversation_id, (State.DRAFT, State.TO_COMPLETE)):
        raise Conflict("No request under way in this conversation waits for a file.", code="no-file-awaited")
    name, content = await _read(request, request.app[SETTINGS].file_megabytes * MEGABYTE)
    async with _EXAMINING:
        examined = await asyncio.to_thread(examine, content, name)
    kept = await request.app[FILES].keep(conversation_id, examined)
    return web.json_response(_wire(kept) | {"payload": kept.payload}, status=201)


@routes.get("/api/conversations/{id}/files/{file}")
async def read_own_file(request: web.Request) -> web.Response:
    """Give a file back to the conversation in which it was sent."""
    conversation_id = request.match_info["id"]
    await request.app[CONVERSATIONS].recognise(conversation_id, token_of(request))
    files = request.app[FILES]
    file = await files.get(_file_id(request))
    if file.conversation_id != conversation_id:
        raise NotFound("This file does not exist.", code="unknown-file")
    return await _download(files, file)


@routes.get("/api/requests/{reference}/files")
async def list_files(request: web.Request) -> web.Response:
    """List the files of a request, for who knows its access code (`Authorization: Code 4821-7730`)."""
    request_id = await _opened(request)
    files = await request.app[FILES].of_request(request_id)
    return web.json_response({"files": [_wire(each) for each in files]})


@routes.get("/api/requests/{reference}/files/{file}")
async def read_file(request: web.Request) -> web.Response:
    """Give a file of a request back to who knows its access code."""
    request_id = await _opened(request)
    files = request.app[FILES]
    file = await files.get(_file_id(request))
    if file.request_id != request_id:
        raise NotFound("This file does not exist.", code="unknown-file")
    return await _download(files, file)


async def _opened(request: web.Request) -> str:
    """Return the identifier of the request that reference and code open; every failure looks the same."""
    request.app[LIMITER].check("code", request.remote or "", CODES_A_MINUTE, 60)
    reference = find_reference(request.match_info["reference"])
    scheme, _, code = request.headers.get("Authorization", "").partition(" ")
    digits = find_access_code(code) if scheme.lower() == "code" else None
    found = await request.app[REQUESTS].open_with_code(reference, digits) if reference and digits else None
    if found is None:
        raise NotAllowed("This reference and this code do not go together.", code="wrong-pair")
    return found.id


async def _read(request: web.Request, limit: int) -> tuple[str, bytes]:
    """Return the name and the content of the part `file`; more than the limit is refused before it is read."""
    too_large = TooLarge(
        f"The file is larger than {limit // MEGABYTE} MB.", code="file-too-large", limit=limit // MEGABYTE
    )
    # A margin for the envelope of the part.
    if (request.content_length or 0) > limit + 10_000:
        raise too_large
    part = await _part(request)
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > limit:
            raise too_large
    # Programs write what a header cannot hold as %20 or %22.
    return unquote(part.filename or "document"), bytes(content)


async def _part(request: web.Request) -> BodyPartReader:
    missing = InvalidInput("Send the file as multipart/form-data, in a part called `file`.", code="no-file")
    if request.content_type != "multipart/form-data":
        raise missing
    try:
        part = await (await request.multipart()).next()
    except (ValueError, AssertionError, RuntimeError):
        raise missing from None
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise missing
    return part


def _file_id(request: web.Request) -> str:
    file_id = request.match_info["file"]
    # What cannot be an identifier is not looked up: a database refuses some signs with an error of its own.
    return file_id if file_id.isascii() and file_id.isalnum() else ""


async def _download(files: FileStore, file: RequestFile) -> web.Response:
    # Never shown by the browser itself: what a citizen sent may hold a script.
    return web.Response(
        body=await files.content(file),
        content_type=file.type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": _DOWNLOAD_POLICY,
        },
    )


def _wire(file: RequestFile) -> dict[str, str | int]:
    return {"id": file.id, "name": file.name, "type": file.type, "size": file.size}
