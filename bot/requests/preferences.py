"""How a citizen likes to be spoken to: what their answers show, or what they said, kept with their requests.

It is a part of each request: it goes when the request goes, and is in the copy that its citizen may ask for. What was
said steers: news is written in that language (`Request.language`), and goes by that way alone where it can.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import case, update

from bot.catalogue.model import FieldType, Service
from bot.db import Database, now
from bot.requests.model import Preference, Request, Way
from bot.requests.tables import RequestRow


def shown_by(request: Request, service: Service | None, contact: Mapping[str, str]) -> Preference:
    """Return what a request shows: the language that it was filled in in, and the way that its answers leave open.

    Args:
        request: with its answers.
        service: its service, if it is still in the catalogue.
        contact: the `email` and the `phone` that were given; "" for none.
    """
    fields = service.request.fields if service and service.request else []
    address = any(
        each.type is FieldType.ADDRESS and each.autocomplete and each.id in request.answers for each in fields
    )
    ways = {Way.EMAIL: contact["email"], Way.PHONE: contact["phone"], Way.LETTER: address}
    return Preference(request.language, next((way for way, given in ways.items() if given), Way.CHAT))


def prevailing(requests: Sequence[Request]) -> Preference:
    """Return what counts of the preferences of one person's requests, the newest request first.

    What they said last to an agent counts before what is only shown by a request.
    """
    known = [each.preference for each in requests if each.preference.way or each.preference.language]
    told = [each for each in known if each.told_at is not None]
    return max(told, key=lambda each: each.told_at or now()) if told else (known or [Preference()])[0]


def prefers(request: Request, *ways: Way) -> bool:
    """Return whether its citizen said that they like to hear from the office by one of some ways."""
    return request.preference.told_at is not None and request.preference.way in ways


async def tell(database: Database, requests: Sequence[Request], language: str, way: Way) -> None:
    """Keep what a citizen told an agent, with those of their requests that the agent sees."""
    values = {"language": language, "prefers_language": language, "prefers_way": str(way), "prefers_told_at": now()}
    async with database.writing() as session:
        ids = [each.id for each in requests]
        await session.execute(update(RequestRow).where(RequestRow.id.in_(ids)).values(**values))


async def follow(database: Database, conversation_id: str, language: str) -> None:
    """Write to a citizen in the language that they chose in the conversation, about the requests that they made there.

    Args:
        database: where the requests are.
        conversation_id: the conversation.
        language: the one that was chosen.
    """
    values = {
        "language": language,
        "prefers_language": case((RequestRow.prefers_language.is_not(None), language)),
        "prefers_told_at": case((RequestRow.prefers_told_at.is_not(None), now())),
    }
    async with database.writing() as session:
        await session.execute(update(RequestRow).where(RequestRow.conversation_id == conversation_id).values(values))
