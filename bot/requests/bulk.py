"""The same thing done to several requests: what will happen to each is foreseen, then it is done, once.

Each request is changed in a transaction of its own, with its own event: what is refused for one changes nothing for the
others. What is foreseen names the last event that was known; when something has happened since, the request is left
alone. So a button that is pressed twice does nothing twice, and an agent never decides about what they did not see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Conflict, GuichetError, NotFound, Unprocessable
from bot.requests.casework import Author, Casework
from bot.requests.events import Item, Kind, Problem, RequestEvent, unread
from bot.requests.lifecycle import Actor, check_transition
from bot.requests.model import Request, State

MOST = 100
"""Requests that are taken together: each is a transaction of some milliseconds."""


class Deed(StrEnum):
    """What can be done to several requests at once; the first ones are the states that they become."""

    EXAMINE = State.EXAMINED.value
    ACCEPT = State.ACCEPTED.value
    REFUSE = State.REFUSED.value
    CLOSE = State.CLOSED.value
    ASK = State.TO_COMPLETE.value
    WRITE = "message"


@dataclass(frozen=True)
class Action:
    """What is to be done, and its words: the reason, what is asked for, or the message."""

    deed: Deed
    words: str = ""


@dataclass(frozen=True)
class Foreseen:
    """What an action would do to a request.

    Attributes:
        request: to which.
        seen: the number of its last event.
        refused: why it cannot be done; None when it can.
        unread: messages of its citizen that nobody has read yet.
    """

    request: Request
    seen: int
    refused: GuichetError | None
    unread: int


@dataclass(frozen=True)
class Done:
    """What became of it: done (now, or by the same press of a button before), or refused."""

    reference: str
    refused: GuichetError | None
    before: bool = False


async def foresee(casework: Casework, requests: Sequence[Request], action: Action, author: Author) -> list[Foreseen]:
    """Return what an action would do to each request; nothing is changed.

    Raises:
        Unprocessable: nothing is chosen or too much, or the action needs words and has none.
    """
    if not 1 <= len(requests) <= MOST:
        raise Unprocessable(f"Choose 1 to {MOST} requests.", code="bad-choice", field="reference", most=MOST)
    if action.deed in (Deed.ASK, Deed.WRITE) and not action.words:
        raise Unprocessable("Write some words.", code="words-missing", field="words")
    found = []
    for request in requests:
        events = await casework.history(request.reference)
        refused = _refusal(request.state, action, author)
        new = len(unread(events, author.actor))
        found.append(Foreseen(request, events[-1].number if events else 0, refused, new))
    return found


async def perform(casework: Casework, seen: Mapping[str, int], action: Action, author: Author) -> list[Done]:
    """Do an action to requests, each once.

    Args:
        casework: changes requests.
        seen: by reference, the last event that was foreseen.
        action: what to do.
        author: who does it.
    """
    done = []
    for reference, number in seen.items():
        try:
            await _do(casework, reference, action, author, number)
        except (Conflict, NotFound) as refused:
            before = refused.code == "changed-since" and await _was_done(casework, reference, number, action, author)
            done.append(Done(reference, None if before else refused, before))
        else:
            done.append(Done(reference, None))
    return done


async def _do(casework: Casework, reference: str, action: Action, author: Author, seen: int) -> RequestEvent:
    if action.deed is Deed.WRITE:
        return await casework.send_message(reference, author, action.words, seen=seen)
    if action.deed is Deed.ASK:
        item = Item(Problem.MISSING, label=action.words)
        return await casework.ask_completion(reference, author, [item], seen=seen)
    return await casework.advance(reference, State(action.deed.value), author, reason=action.words, seen=seen)


def _refusal(state: State, action: Action, author: Author) -> GuichetError | None:
    if action.deed is Deed.WRITE:
        return None
    try:
        check_transition(state, State(action.deed.value), author.actor, action.words)
    except GuichetError as refused:
        return refused
    return None


async def _was_done(casework: Casework, reference: str, seen: int, action: Action, author: Author) -> bool:
    """Return whether the event that followed is the one that was asked for, by the same hand."""
    events = [each for each in await casework.history(reference) if each.number == seen + 1]
    if not events or events[0].by != author.name or events[0].actor is not Actor(author.actor):
        return False
    event = events[0]
    if action.deed is Deed.WRITE:
        return event.kind is Kind.MESSAGE and event.text == action.words
    if action.deed is Deed.ASK:
        return event.state is State.TO_COMPLETE and [each.label for each in event.items] == [action.words]
    return event.kind is Kind.STATE and event.state == action.deed.value and (event.reason or "") == action.words
