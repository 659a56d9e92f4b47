"""`/api/catalogue`: what can be asked about."""

from aiohttp import web

from bot.errors import Unprocessable
from bot.web.keys import CATALOGUE

routes = web.RouteTableDef()


@routes.get("/api/catalogue")
async def read_catalogue(request: web.Request) -> web.Response:
    """Return every service, in the language asked for."""
    language = request.query.get("language", "fr")
    if language not in ("fr", "en"):
        raise Unprocessable("`language` is fr or en.", field="language")
    catalogue = request.app[CATALOGUE]
    services = [
        {
            "id": service.id,
            "title": service.title[language],
            "administration": catalogue.administrations[service.administration].name[language],
            "submittable": service.submittable,
        }
        for service in catalogue.services.values()
    ]
    return web.json_response({"services": services})
