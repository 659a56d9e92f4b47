"""The widget's files and the page of demonstration, from the package; nothing comes from elsewhere."""

from pathlib import Path

from aiohttp import web

from bot.errors import NotFound

_WEB = Path(__file__).parent
# Only these kinds are served: a folder of a package also holds files that are nobody's business.
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

routes = web.RouteTableDef()


@routes.get("/")
async def demonstration(request: web.Request) -> web.StreamResponse:
    """Show a small town's website with the widget on it."""
    return _file("demo", "index.html")


@routes.get("/demo/{name}")
async def demonstration_file(request: web.Request) -> web.StreamResponse:
    """Serve a file of the page of demonstration."""
    return _file("demo", request.match_info["name"])


@routes.get("/widget.js")
async def widget(request: web.Request) -> web.StreamResponse:
    """Serve the widget's entry."""
    return _file("widget", "widget.js")


@routes.get("/widget/{name}")
async def widget_file(request: web.Request) -> web.StreamResponse:
    """Serve a module of the widget."""
    return _file("widget", request.match_info["name"])


@routes.get("/{room:console|admin}")
async def not_yet(request: web.Request) -> web.StreamResponse:
    """Say that agents and admins have no page yet."""
    return _file("console", "index.html")


def _file(folder: str, name: str) -> web.StreamResponse:
    path = _WEB / folder / name
    kind = _KINDS.get(path.suffix)
    if kind is None or path.parent != _WEB / folder or not path.is_file():
        raise NotFound("There is nothing at this address.")
    response = web.FileResponse(path, headers={"Cache-Control": "no-cache"})
    response.content_type = kind
    return response
