"""The turn that is being answered: what the engine, the actions and the log have to tell each other about it.

The engine opens a turn, the actions of that turn say what they did, and the tracker store writes it down. A context
variable carries it, so that conversations answered side by side never see each other's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import field as default
from time import perf_counter
from typing import Any

from bot.conversations.model import Message, Moment


@dataclass
class Turn:
    """One message of the citizen and what it led to.

    Attributes:
        message_id: the identifier that the citizen's program gave, unique in the conversation.
        text: what was typed, or the title of the button.
        kind: `text`, `button`, `start` (the opening of the conversation) or `reminder`.
        parse: what was understood, as Rasa has it.
        model: identifier of the model that understood.
        moment, service: what the turn was about, as the actions found.
        field: the field of a form that the text answered; such a text is never logged.
        fallback: whether the assistant had to say that it was not sure.
        messages: what is answered.
        reminders: what changed about those of the conversation, see `write_reminders`.
        state: the state of the dialogue before it, when it is read already.
        follows: number of the turn before it, when the database told that state: it is written after no other.
        hushed: whether nothing more is to be said: a person was asked for, and an open form must not ask on.
        failure: the error of an action, which makes the whole turn fail.
        saved: whether turn and state are in the database.
    """

    conversation_id: str
    message_id: str
    text: str
    kind: str = "text"
    parse: dict[str, Any] = default(default_factory=dict)
    model: str = ""
    moment: Moment | None = None
    service: str | None = None
    field: str | None = None
    fallback: bool = False
    messages: list[Message] = default(default_factory=list)
    reminders: list[dict[str, Any]] = default(default_factory=list)
    state: dict[str, Any] | None = None
    follows: int | None = None
    hushed: bool = False
    failure: Exception | None = None
    saved: bool = False
    started: float = default(default_factory=perf_counter)

    @property
    def milliseconds(self) -> float:
        """Time since the turn was opened."""
        return (perf_counter() - self.started) * 1000


_current: ContextVar[Turn | None] = ContextVar("guichet_turn", default=None)


@contextmanager
def opened(turn: Turn) -> Iterator[Turn]:
    """Make a turn the current one for the length of the block."""
    token = _current.set(turn)
    try:
        yield turn
    finally:
        _current.reset(token)


def current() -> Turn | None:
    """Return the turn being answered, or None outside of one (a test story, a shell, an action server)."""
    return _current.get()


def note(*, moment: Moment | None = None, service: str | None = None, field: str | None = None) -> None:
    """Say what the current turn was about; what is left out stays as it was."""
    turn = current()
    if turn is None:
        return
    turn.moment = moment or turn.moment
    turn.service = service or turn.service
    turn.field = field or turn.field


def unanswered() -> None:
    """Say that the text turned out not to answer a field after all: it is a question, and logged like one."""
    turn = current()
    if turn is not None:
        turn.field = None


def note_fallback() -> None:
    """Say that the assistant was not sure of what was wanted."""
    turn = current()
    if turn is not None:
        turn.fallback = True


def hush() -> None:
    """Say that nothing more is to be said in this turn."""
    turn = current()
    if turn is not None:
        turn.hushed = True


def hushed() -> bool:
    """Return whether nothing more is to be said in this turn."""
    turn = current()
    return turn is not None and turn.hushed
