"""Files of a request: sent to one's own conversation, read again with its token or with reference and access code."""

from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.requests.files import FileStore, RequestFile
from bot.requests.reference import find_access_code, find_reference
from bot.web.api.conversations import token_of
from bot.web.caller import caller_of
from bot.web.intake import await_file
from bot.web.keys import CONVERSATIONS, FILES, LIMITER, REQUESTS
from bot.web.uploads import MALFORMED, Upload, limit_of, read_upload, too_large

routes = web.RouteTableDef()

_DOWNLOAD_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@routes.post("/api/conversations/{id}/files")
async def send_file(request: web.Request) -> web.Response:
    """Take a file in, in the part `file`; it answers a field once its payload is sent as a message."""
    conversation_id = request.match_info["id"]
    await request.app[CONVERSATIONS].recognise(conversation_id, token_of(request))
    await await_file(request, conversation_id)
    kept = await request.app[FILES].keep(conversation_id, await (await read_file_part(request)).examined())
    return web.json_response(file_wire(kept) | {"payload": kept.payload}, status=201)


@routes.get("/api/conversations/{id}/files/{file}")
async def read_own_file(request: web.Request) -> web.Response:
    """Give a file back to the conversation in which it was sent."""
    conversation_id = request.match_info["id"]
    await request.app[CONVERSATIONS].recognise(conversation_id, token_of(request))
    files = request.app[FILES]
    file = await files.get(file_id_of(request))
    if file.conversation_id != conversation_id:
        raise NotFound("This file does not exist.", code="unknown-file")
    return await download(files, file)


@routes.get("/api/requests/{reference}/files")
async def list_files(request: web.Request) -> web.Response:
    """List the files of a request, for who knows its access code (`Authorization: Code 4821-7730`)."""
    request_id = await _opened(request)
    files = await request.app[FILES].of_request(request_id)
    return web.json_response({"files": [file_wire(each) for each in files]})


@routes.get("/api/requests/{reference}/files/{file}")
async def read_file(request: web.Request) -> web.Response:
    """Give a file of a request back to who knows its access code."""
    request_id = await _opened(request)
    files = request.app[FILES]
    file = await files.get(file_id_of(request))
    if file.request_id != request_id or file.is_document:
        raise NotFound("This file does not exist.", code="unknown-file")
    return await download(files, file)


async def _opened(request: web.Request) -> str:
    """Return the identifier of the request that reference and code open; every failure looks the same."""
    request.app[LIMITER].check("codes_an_hour", caller_of(request))
    reference = find_reference(request.match_info["reference"])
    scheme, _, code = request.headers.get("Authorization", "").partition(" ")
    digits = find_access_code(code) if scheme.lower() == "code" else None
    found = await request.app[REQUESTS].open_with_code(reference, digits) if reference and digits else None
    if found is None:
        raise NotAllowed("This reference and this code do not go together.", code="wrong-pair")
    return found.id


async def read_file_part(request: web.Request) -> Upload:
    """Return the part `file` of a call.

    Raises:
        InvalidInput: there is none.
        TooLarge: it is larger than a file may be.
    """
    limit = limit_of(request)
    # A margin for the envelope of the part.
    if (request.content_length or 0) > limit + 10_000:
        raise too_large(limit)
    return await read_upload(await _part(request), limit)


async def _part(request: web.Request) -> BodyPartReader:
    missing = InvalidInput("Send the file as multipart/form-data, in a part called `file`.", code="no-file")
    if request.content_type != "multipart/form-data":
        raise missing
    try:
        part = await (await request.multipart()).next()
    except MALFORMED:
        raise missing from None
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise missing
    return part


def file_id_of(request: web.Request) -> str:
    """Return the identifier of a file that an address holds; "" when it cannot be one."""
    file_id = request.match_info["file"]
    # What cannot be an identifier is not looked up: a database refuses some signs with an error of its own.
    return file_id if file_id.isascii() and file_id.isalnum() else ""


async def download(files: FileStore, file: RequestFile) -> web.Response:
    """Return the content of a file, to be saved and not shown."""
    # Never shown by the browser itself: what a citizen sent may hold a script.
    return web.Response(
        body=await files.content(file),
        content_type=file.type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": _DOWNLOAD_POLICY,
        },
    )


def file_wire(file: RequestFile) -> dict[str, str | int]:
    """Return a file as JSON."""
    return {"id": file.id, "name": file.name, "type": file.type, "size": file.size}
