"""`/api/banner`: what the office announces to everybody, such as a service that is down.

The office writes `banner.yml` in the data folder (`fr: …`, `en: …`) and deletes it when it is over; no restart.
"""

import asyncio
import logging
from pathlib import Path

import yaml
from aiohttp import web

from bot.errors import Unprocessable
from bot.web.keys import SETTINGS

logger = logging.getLogger(__name__)
LONGEST = 500
"""Characters shown at most: an announcement that hides the conversation helps nobody."""

routes = web.RouteTableDef()


@routes.get("/api/banner")
async def read(request: web.Request) -> web.Response:
    """Return the announcement, or null, in the language asked for."""
    language = request.query.get("language", "fr")
    if language not in ("fr", "en"):
        raise Unprocessable("`language` is fr or en.", field="language")
    return web.json_response({"text": await announcement(request.app[SETTINGS].data_dir, language)})


async def announcement(data_dir: Path, language: str) -> str | None:
    """Return what `banner.yml` announces, in French when it is not in the language; None when there is nothing.

    A file that cannot be read announces nothing: the counter stays open, and the log says why.
    """
    return await asyncio.to_thread(_read, data_dir / "banner.yml", language)


def _read(path: Path, language: str) -> str | None:
    try:
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, yaml.YAMLError) as error:
        logger.warning("%s cannot be read: %s", path, type(error).__name__)
        return None
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        logger.warning("%s must hold a text under `fr` and one under `en`", path)
        return None
    return (words.get(language) or words.get("fr") or "").strip()[:LONGEST] or None
