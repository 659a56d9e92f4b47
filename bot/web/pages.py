"""The widget's files and the page of demonstration, from the package; nothing comes from elsewhere."""

from aiohttp import web

from bot.web.assets import serve

routes = web.RouteTableDef()


@routes.get("/")
async def demonstration(request: web.Request) -> web.StreamResponse:
    """Show a small town's website with the widget on it."""
    return serve(request, "demo", "index.html")


@routes.get("/demo/{name}")
async def demonstration_file(request: web.Request) -> web.StreamResponse:
    """Serve a file of the page of demonstration."""
    return serve(request, "demo", request.match_info["name"])


@routes.get("/widget.js")
async def widget(request: web.Request) -> web.StreamResponse:
    """Serve the widget's entry."""
    return serve(request, "widget", "widget.js")


@routes.get("/widget/{name}")
async def widget_file(request: web.Request) -> web.StreamResponse:
    """Serve a module of the widget."""
    return serve(request, "widget", request.match_info["name"])
