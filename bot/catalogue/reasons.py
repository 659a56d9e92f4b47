"""Reasons that are ready: what an office often has to say when it decides, or asks for what is missing.

An agent takes one and completes it: a refusal owes its reader the facts of their own case, which no list knows.
"""

from enum import StrEnum

from pydantic import Field

from bot.catalogue.text import Identifier, Strict, Text


class About(StrEnum):
    """What a reason is said for: what becomes of the request, or what is asked for again."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CLOSED = "closed"
    EXAMINED = "examined"
    COMPLETION = "completion"


class ReadyReason(Strict):
    """A reason in plain words.

    Attributes:
        about: what it is said for; `examined` is a request that is opened again.
        services: whose requests it is for; all of them when empty.
        title: its name in the list that an agent chooses from.
        text: what the citizen reads, in their language; "…" stands where the agent tells the facts.
    """

    about: About
    services: list[Identifier] = Field(default_factory=list)
    title: Text
    text: Text
