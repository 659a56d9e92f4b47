"""The work of every few hours: is a figure unusual, and who is told."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.db import now
from bot.improvement.alerts_mail import AlertMail
from bot.web.console.keys import ALERTS, TOTALS
from bot.web.console.render import words
from bot.web.keys import CATALOGUE, SETTINGS


def _name(dimension: str) -> str:
    return words().get(f"dimension-{dimension}", {}).get("fr", dimension)


def watch_satisfaction(app: web.Application) -> Callable[[], Awaitable[str]]:
    """Return the job that looks for unusual figures up to yesterday and tells what is new."""
    mail = AlertMail(app[SETTINGS], app[ALERTS], app[CATALOGUE], _name)

    async def run() -> str:
        await app[TOTALS].refresh()
        yesterday = now().astimezone(ZoneInfo(app[SETTINGS].timezone)).date() - timedelta(days=1)
        said = [await app[ALERTS].look(yesterday), await mail.tell()]
        return "; ".join(each for each in said if each)

    return run
