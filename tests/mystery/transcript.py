"""What happened in a visit: what was said at each step, what came back, and what was there afterwards."""

from dataclasses import dataclass, field
from typing import Any

from tests.citizen import plain
from tests.mystery.visit import Step, Visit


@dataclass(frozen=True)
class Shown:
    """One message as the citizen sees it; `buttons` are the words of its buttons."""

    author: str
    text: str
    buttons: list[str] = field(default_factory=list)
    sources: list[dict[str, str]] = field(default_factory=list)
    request: dict[str, Any] | None = None
    language: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer: its messages, the question that is open after it, and how long it took.

    Attributes:
        asked: the identifier of the field that is asked, or its label where only that is seen; None when none is.
        kind: of the answer that is awaited (`choice`, `date`...).
        status: of a call.
    """

    messages: list[Shown] = field(default_factory=list)
    asked: str | None = None
    kind: str = ""
    milliseconds: float = 0
    status: int = 200

    @property
    def text(self) -> str:
        """All that the assistant says, in plain typography, without sources."""
        return plain("\n".join(message.text for message in self.messages if message.author != "citizen"))

    @property
    def seen(self) -> str:
        """All that is seen: words, sources, request and buttons."""
        lines = [self.text]
        for message in self.messages:
            lines += [f"{each.get('title')} {each.get('url')} {each.get('checked')}" for each in message.sources]
            lines += [str(message.request or "")]
        return plain("\n".join([*lines, *self.buttons]))

    @property
    def buttons(self) -> list[str]:
        """The words of the buttons, in plain typography."""
        return [plain(title) for message in self.messages for title in message.buttons]

    @property
    def state(self) -> str | None:
        """The state of the request that it shows."""
        return next((m.request["state"] for m in reversed(self.messages) if m.request and "state" in m.request), None)


@dataclass(frozen=True)
class Exchange:
    """One thing done and the answer to it.

    Attributes:
        step: the number of the step it belongs to.
        said: what the citizen wrote or pressed, or what was done.
        deed: as `Step.deeds`; `knows` when the person answers what the assistant asks of their case.
        last: whether it ends its step: what is expected of the step is expected of it.
    """

    step: int
    said: str
    deed: str
    reply: Reply
    last: bool = True

    @property
    def spoken(self) -> bool:
        """Whether it was a message of the citizen."""
        return self.deed in ("say", "press", "fill", "knows")


@dataclass
class Facts:
    """What is in the database and on the agent's desk afterwards.

    Attributes:
        turns, requests, notes, handoffs: rows of the visit's conversations.
        cases: the requests of the visit as the office's software sees them, by reference.
        given: the request that was there before, as the office's software sees it.
        logged: everything that was written in clear: turns, messages, comments, the log of the service.
        conversation: whether the conversation still exists.
    """

    turns: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    handoffs: list[dict[str, Any]] = field(default_factory=list)
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    given: dict[str, Any] | None = None
    logged: str = ""
    conversation: bool = True


@dataclass
class Record:
    """A visit that was played.

    Attributes:
        stuck: why it could not go on, when a button or a question that it counted on was not there.
        secrets: codes and answers that must not be in any log, beside `Visit.personal`.
    """

    visit: Visit
    exchanges: list[Exchange] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    stuck: str = ""
    secrets: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> list[tuple[Step, Exchange | None]]:
        """Each step with the exchange that ends it; None for one that was never reached."""
        ends = {each.step: each for each in self.exchanges if each.last}
        return [(step, ends.get(number)) for number, step in enumerate(self.visit.steps)]

    @property
    def spoken(self) -> list[Exchange]:
        """The exchanges that the citizen began with a message."""
        return [each for each in self.exchanges if each.spoken]

    def filled(self, words: str) -> str:
        """Return words with `{reference}` and `{code}` as they are in this visit."""
        for name, value in self.values.items():
            words = words.replace("{" + name + "}", value)
        return words
