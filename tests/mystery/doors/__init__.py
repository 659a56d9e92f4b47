"""The doors through which a mystery client comes: each turns words and presses into an answer."""

from typing import Protocol

from tests.mystery.transcript import Reply


class Stuck(Exception):
    """A button or a page that the visit counts on is not there."""


class Entrance(Protocol):
    """What every door can do.

    Attributes:
        conversation: the identifier of the conversation, to look at what was written of it.
        welcome: the first words.
    """

    conversation: str
    welcome: Reply

    async def say(self, words: str) -> Reply:
        """Say something."""

    async def press(self, words: str) -> Reply:
        """Press the last button that holds some words.

        Raises:
            Stuck: there is none.
        """

    async def come_back(self) -> Reply:
        """Come back to the same conversation in another window; return what is shown then."""

    async def switch(self, language: str) -> Reply:
        """Switch the language."""

    async def erase(self) -> Reply:
        """Erase the conversation."""

    async def news(self) -> Reply:
        """Return what has come since the last answer without having been asked for."""

    async def leave(self) -> None:
        """Close the door behind oneself."""
