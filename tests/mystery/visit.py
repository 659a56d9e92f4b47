"""What a mystery client does: one YAML file in `visits/<situation>/`, read and checked here.

The form of a file is told in docs/mystery.md. Facts that a visit expects come from data/services, never from what the
assistant happens to answer.
"""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.catalogue.load import load_catalogue
from bot.catalogue.model import Facet

VISITS = Path(__file__).parent / "visits"
ROOT = Path(__file__).parents[2]
SITUATIONS = (
    *("finding-out", "hesitating", "filing", "resuming", "correcting", "following", "late", "complaining"),
    *("person", "angry", "worried", "distress", "elderly", "teenager", "learner", "english", "screen-reader"),
    *("voice", "two-subjects", "changing-mind", "wrong-on-purpose", "breaking", "another-file", "personal-data"),
    *("insults", "silence", "office-closed", "service-down", "everything"),
)
"""The situations of the issue, as folders."""

OVERVIEW = "what"
Door = Literal["api", "widget", "plain", "office"]


class WrongVisit(Exception):
    """A file cannot be played; the message names file and field."""


class Strict(BaseModel):
    """Refuses what it does not know: a misspelt expectation must not be a silent pass."""

    model_config = ConfigDict(extra="forbid")


class Expect(Strict):
    """What an answer must be.

    Attributes:
        service, facets: what is told must be these facets (`what` is the summary) of this service.
        has: words that must be there; `a | b` takes either.
        hasnt: words that must not be there.
        offers: words of buttons that must be there; `a | b` takes either.
        asks: the field that is asked next; `confirm` is the summary, `nothing` that no answer is awaited.
        person: whether a way to a person is due.
        state: of the request that is shown.
        status: of a call of the office's software.
    """

    service: str | None = None
    facets: list[str] = []
    has: list[str] = []
    hasnt: list[str] = []
    offers: list[str] = []
    asks: str | None = None
    person: bool = False
    state: str | None = None
    status: int | None = None

    @model_validator(mode="after")
    def _known(self) -> "Expect":
        if self.service and not (ROOT / "data/services" / f"{self.service}.yml").is_file():
            raise ValueError(f"there is no service {self.service!r}")
        unknown = set(self.facets) - {*map(str, Facet), OVERVIEW}
        if unknown:
            raise ValueError(f"there is no facet {sorted(unknown)}")
        if self.facets and not self.service:
            raise ValueError("facets are those of a service: name it")
        return self


class Step(Strict):
    """One thing that is done, and what must come of it. Exactly one of the first group is given.

    Attributes:
        say, press: words, or a button by its words.
        fill: answers to the questions of a form, by field.
        come_back: `window` (the same conversation elsewhere) or `day` (a new conversation).
        language: the language is switched.
        erase: the conversation is erased.
        office: what the office's software does: method and path, and its body.
        engine: `down` kills the engine, `back` waits until it answers again.
        agent: an agent `takes` the citizen, `ends` the talk, or says something.
        expect: what the answer must be.
        wrong: the words are a mistake made on purpose, so that the same question is asked again.
        again: what is said asks for a repetition.
        closing: the citizen takes leave: nothing need be offered.
    """

    say: str | None = None
    press: str | None = None
    fill: dict[str, str] | None = None
    come_back: Literal["window", "day"] | None = None
    language: Literal["fr", "en"] | None = None
    erase: bool = False
    office: str | None = None
    engine: Literal["down", "back"] | None = None
    agent: str | None = None
    body: dict[str, Any] | None = None
    expect: Expect = Expect()
    wrong: bool = False
    again: bool = False
    closing: bool = False

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if len(self.deeds) != 1:
            raise ValueError(f"a step does exactly one thing, not {self.deeds or 'nothing'}")
        return self

    @property
    def deeds(self) -> list[str]:
        """What it does."""
        names = ("say", "press", "fill", "come_back", "language", "erase", "office", "engine", "agent")
        return [name for name in names if getattr(self, name) not in (None, False)]

    @property
    def exchanges(self) -> int:
        """How many messages of the citizen it takes at least."""
        return len(self.fill) if self.fill else int(bool(self.say or self.press))


class Given(Strict):
    """A request that exists before the visit, filed by the office's software for the citizen or for somebody else.

    Attributes:
        service: which; its answers are in `given.py`.
        state: where it stands.
        items: what the office asks for again (`to_complete`).
        message: what the office wrote.
        reason: with a decision.
        late: whether its date is past.
    """

    service: str = "birth-certificate"
    state: str = "filed"
    items: list[dict[str, Any]] = []
    message: str | None = None
    reason: str | None = None
    late: bool = False


class Filed(Strict):
    """A request that must be in the database: its service and state, and some of its answers as they are stored."""

    service: str
    state: str = "filed"
    answers: dict[str, Any] = {}


class Ends(Strict):
    """What must be there afterwards.

    Attributes:
        requests: filed in the visit, or drafts kept; nothing else may be filed.
        given: the state of the request that was there before.
        unread: messages of the citizen that wait on the agent's desk, for the request that was there before.
        handoffs: how many asked for a person.
        left: whether a message for a person was left.
        notes: notes of satisfaction that were stored, in order.
        moments: moments that must have been logged.
        conversation: whether the conversation still exists.
    """

    requests: list[Filed] = []
    given: str | None = None
    unread: int | None = None
    handoffs: int | None = None
    left: bool | None = None
    notes: list[int] = []
    moments: list[Literal["information", "submission", "use", "outcome"]] = []
    conversation: bool = True


class Visit(Strict):
    """One mystery client.

    Attributes:
        who, wants: the person, and what they come for, in one line each.
        door: through which they come.
        language: in which the conversation is opened; `mixed` is opened in French and counted apart.
        knows: words of buttons that the person would press if the assistant asks for their case.
        steps: what they do.
        given: a request that exists already.
        ends: what must be there afterwards.
        personal: words that must not be in any log.
        shortest: messages that the citizen needs at least; the steps when left out.
        fast: whether `make test` plays it.
        feels: whether the person says what they feel, so that an answer must take it up.
        closed: whether it is played while the office is closed.
        colleague: whether an agent is at the desk.
        name: situation and file; not in the file.
    """

    who: str = Field(min_length=8)
    wants: str = Field(min_length=8)
    door: Door
    language: Literal["fr", "en", "mixed"] = "fr"
    knows: list[str] = []
    steps: list[Step] = Field(min_length=1)
    given: Given | None = None
    ends: Ends = Ends()
    personal: list[str] = []
    shortest: int | None = None
    fast: bool = False
    feels: bool = False
    closed: bool = False
    colleague: bool = False
    name: str = ""

    @property
    def situation(self) -> str:
        """The folder that it is in."""
        return self.name.split("/")[0]

    @property
    def opened_in(self) -> str:
        """The language in which the conversation is opened."""
        return "en" if self.language == "en" else "fr"

    @property
    def least(self) -> int:
        """The fewest messages of a citizen that the visit can take."""
        return self.shortest or sum(step.exchanges for step in self.steps)


def read(path: Path) -> Visit:
    """Return the visit of a file.

    Raises:
        WrongVisit: the file is no visit; the message names it and its field.
    """
    name = f"{path.parent.name}/{path.stem}"
    try:
        visit = Visit.model_validate({**yaml.safe_load(path.read_text("utf-8")), "name": name})
    except (yaml.YAMLError, TypeError) as error:
        raise WrongVisit(f"{name}.yml is not a mapping in YAML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        raise WrongVisit(f"{name}.yml, {field}: {first['msg']}") from None
    if visit.situation not in SITUATIONS:
        raise WrongVisit(f"{name}.yml is in no known situation: {', '.join(SITUATIONS)}")
    for number, step in enumerate(visit.steps):
        unknown = set(step.fill or {}) - fields()
        if unknown:
            raise WrongVisit(f"{name}.yml, steps.{number}.fill: no form asks for {sorted(unknown)}")
    return visit


def read_all(folder: Path = VISITS) -> list[Visit]:
    """Return every visit, by name."""
    return [read(path) for path in sorted(folder.glob("*/*.yml"))]


def fields() -> set[str]:
    """Return the fields that some form of the catalogue asks for."""
    if not _fields:
        services = load_catalogue(ROOT / "data").services.values()
        _fields.update(field.id for service in services if service.request for field in service.request.fields)
    return _fields


_fields: set[str] = set()
