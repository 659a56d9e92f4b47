"""What every door of the counter does with a citizen's words: the API and the pages without JavaScript."""

from typing import Any
from uuid import uuid4

from aiohttp import web

from bot.errors import Conflict, TooLarge, Unprocessable
from bot.privacy.identifiers import is_identifier, kept_identifier
from bot.requests.model import State
from bot.requests.reference import find_access_code
from bot.rights.erasure import Receipt, erase
from bot.web.caller import caller_of
from bot.web.keys import ADMISSION, CONVERSATIONS, HOLDINGS, HUB, KEEPER, LIMITER, REQUESTS, SETTINGS


async def take_in(
    request: web.Request, conversation_id: str, language: str, message_id: object, text: object
) -> list[dict[str, Any]]:
    """Check a message and pass it on.

    Args:
        request: of the citizen, whose address is counted.
        conversation_id: a conversation that the citizen may write in.
        language: in which the citizen is spoken to.
        message_id: the citizen's program's own identifier of the message; "" for none. A digest of it is kept when it
            is no UUID and no counter: a name could stand there.
        text: what was typed, or the payload of a button.

    Returns:
        The messages that answer.

    Raises:
        Unprocessable: there is no text, or the identifier has not its form.
        TooLarge: the text is longer than what is accepted.
        TooManyRequests: too many messages of this conversation or from this address, or too many codes.
    """
    settings = request.app[SETTINGS]
    if not isinstance(text, str):
        raise Unprocessable("`text` must be a text.", code="empty-message", field="text")
    if len(text) > settings.message_limit:
        raise TooLarge(
            f"The message has {len(text)} characters; {settings.message_limit} are accepted.",
            code="message-too-long",
            field="text",
            limit=settings.message_limit,
        )
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise Unprocessable("The message is empty.", code="empty-message", field="text")
    if not isinstance(message_id, str) or not (message_id == "" or is_identifier(message_id)):
        raise Unprocessable("`id` is a UUID, or up to 64 letters without accent, figures, `-` and `_`.", field="id")
    kept = kept_identifier(message_id or str(uuid4()), conversation_id, request.app[HOLDINGS].cipher)
    request.app[LIMITER].check("messages_a_minute", conversation_id)
    request.app[LIMITER].check("address_messages_a_minute", caller_of(request))
    if find_access_code(text):
        # Codes must not be tried from one address in ever new conversations.
        request.app[LIMITER].check("codes_an_hour", caller_of(request))
    with request.app[ADMISSION].answering():
        return await request.app[KEEPER].send(conversation_id, kept, _storable(text), language)


async def await_file(request: web.Request, conversation_id: str) -> None:
    """Make sure that a conversation may send a file now.

    Raises:
        Conflict: no request of it waits for one.
        TooManyRequests: too many came in a minute.
    """
    request.app[LIMITER].check("uploads_a_minute", conversation_id)
    if not await request.app[REQUESTS].is_open_in(conversation_id, (State.DRAFT, State.TO_COMPLETE)):
        raise Conflict("No request under way in this conversation waits for a file.", code="no-file-awaited")


async def erase_all(request: web.Request, conversation_id: str) -> Receipt:
    """Erase a conversation and what hangs on it, and wake its streams.

    Raises:
        Unavailable: something of it waits to be written, and would come back.
    """
    await request.app[CONVERSATIONS].forget(conversation_id)
    receipt = await erase(request.app[HOLDINGS], conversation_id)
    request.app[HUB].ring(conversation_id)
    return receipt


def _storable(text: str) -> str:
    """Return a text without what no database keeps: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
