"""Files of a request for the office's own software: what the citizen sent, and the document that a decision brings."""

from aiohttp import web

from bot.errors import NotFound
from bot.requests.api_tokens import Scope
from bot.requests.model import Request
from bot.web.api.files import download, file_id_of, file_wire, read_file_part
from bot.web.api.office import allowed, reference_of
from bot.web.keys import FILES, REQUESTS

routes = web.RouteTableDef()


@routes.get("/api/office/requests/{reference}/files")
async def list_files(request: web.Request) -> web.Response:
    """List what the citizen sent."""
    found = await _request(request, Scope.READ)
    return web.json_response({"files": [file_wire(each) for each in await request.app[FILES].of_request(found.id)]})


@routes.get("/api/office/requests/{reference}/files/{file}")
async def read_file(request: web.Request) -> web.Response:
    """Return one file of the request, of the citizen or of the office."""
    found = await _request(request, Scope.READ)
    files = request.app[FILES]
    file = await files.get(file_id_of(request))
    if file.request_id != found.id:
        raise NotFound("This file does not exist.", code="unknown-file")
    return await download(files, file)


@routes.post("/api/office/requests/{reference}/documents")
async def give_document(request: web.Request) -> web.Response:
    """Take a document in; the citizen can read it once a decision names its `id`."""
    found = await _request(request, Scope.CHANGE)
    upload = await read_file_part(request)
    return web.json_response(file_wire(await request.app[FILES].attach(found.id, await upload.examined())), status=201)


async def _request(request: web.Request, scope: Scope) -> Request:
    await allowed(request, scope)
    found = await request.app[REQUESTS].by_reference(reference_of(request))
    if found.filed_at is None:
        raise NotFound("There is no request of this reference.", code="unknown-request")
    return found
