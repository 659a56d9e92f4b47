"""The door for who has no conversation yet: in, or a place in the line, told in their language."""

from time import time

from aiohttp import web

from bot.errors import Unavailable
from bot.web.admission import LONGEST, Place
from bot.web.caller import caller_of
from bot.web.keys import ADMISSION, LIMITER

BUSY = {
    "fr": "Beaucoup de monde en ce moment. Votre place dans la file : {place}. Votre tour viendra tout seul.",
    "en": "Many people at the moment. Your place in the line: {place}. Your turn will come by itself.",
}
FULL = {
    "fr": "Beaucoup trop de monde en ce moment. Réessayez dans une minute.",
    "en": "Far too many people at the moment. Try again in a minute.",
}


def admit(request: web.Request, language: str, ticket: str = "") -> None:
    """Let a newcomer begin a conversation.

    Args:
        request: of the newcomer, whose address is counted once, and not each time that they look.
        language: in which they are told their place.
        ticket: what they were given when they came; "" when they come now.

    Raises:
        TooManyRequests: too many conversations were opened from this address; with `retry_after`.
        Unavailable: they must wait; with `ticket`, `place` and `retry_after`.
    """
    admission = request.app[ADMISSION]
    if not admission.knows(ticket):
        request.app[LIMITER].check("conversations_an_hour", caller_of(request))
    try:
        place = admission.enter(time(), ticket)
    except OverflowError:
        raise _full(language) from None
    if place is not None:
        raise Unavailable(
            BUSY[language].format(place=place.number),
            code="busy",
            ticket=place.ticket,
            place=place.number,
            retry_after=place.retry_after,
        )


def place_of(request: web.Request, language: str, ticket: str) -> Place | None:
    """Return the place of a newcomer who looks again; None, or the number 0, when they may begin.

    Raises:
        Unavailable: the line is as long as it may be.
    """
    try:
        return request.app[ADMISSION].look(time(), ticket)
    except OverflowError:
        raise _full(language) from None


def _full(language: str) -> Unavailable:
    return Unavailable(FULL[language], code="too-busy", retry_after=LONGEST)
