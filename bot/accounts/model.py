"""Who may do what: roles, rights, administrations, and the rules of names and of waiting after wrong passwords."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.errors import NotAllowed, Unprocessable


class Role(StrEnum):
    """What an account is for."""

    AGENT = "agent"
    TRAINER = "trainer"
    QUALITY = "quality"
    ADMIN = "admin"


class Right(StrEnum):
    """One thing that may be done in the console."""

    ANSWER = "answer"  # talk with citizens who wait, read what they leave
    PROCESS = "process"  # requests: read the answers, decide
    CONTEXT = "context"  # what else the same contact asked for, for a stated purpose
    ERASE = "erase"  # copy or erase what is kept of a citizen, on their demand
    REVIEW = "review"  # transcripts, masked: read, mark, annotate
    CORRECT = "correct"  # propose what a message meant as an example
    MEASURE = "measure"  # satisfaction: read the dashboards
    IMPROVE = "improve"  # satisfaction: actions, failure modes, alerts, exports
    ADMINISTER = "administer"  # accounts
    AUDIT = "audit"  # read the audit trail


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: frozenset({Right.ANSWER, Right.PROCESS, Right.CONTEXT, Right.REVIEW, Right.MEASURE}),
    Role.TRAINER: frozenset({Right.REVIEW, Right.CORRECT}),
    Role.QUALITY: frozenset({Right.REVIEW, Right.MEASURE, Right.IMPROVE}),
    # In a small town one person does everything; what an admin reads is in the trail like what others read.
    Role.ADMIN: frozenset(Right),
}
FREE_FAILURES = 4
"""Wrong passwords in a row before one has to wait."""
LONGEST_WAIT = timedelta(minutes=15)
"""The longest wait: who does not know the password must not keep its owner out for a day."""
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,78}[a-z0-9])?")


class Sealer(Protocol):
    """What accounts need of encryption (`bot.privacy.encryption.Cipher` is one)."""

    def encrypt(self, value: Any) -> bytes:
        """Return a JSON value encrypted."""

    def decrypt(self, token: bytes) -> Any:
        """Return the value that was encrypted."""

    def digits(self, purpose: str, count: int) -> str:
        """Return digits that only the holder of the key can tell."""


@dataclass(frozen=True)
class Account:
    """A person who works here.

    Attributes:
        name: what one signs in with; lower case.
        shown: the name that colleagues and citizens read.
        administrations: the offices whose citizens and requests it sees; empty for all of them.
        has_password: whether the invitation was used; an account of OpenID Connect may have none.
        has_second_factor: whether a code is asked after the password.
        has_provider: whether it belongs to somebody whom the office's provider signs in.
    """

    id: str
    name: str
    shown: str
    role: Role
    administrations: tuple[str, ...] = field(default=())
    language: str = "fr"
    active: bool = True
    has_password: bool = False
    has_second_factor: bool = False
    has_provider: bool = False
    created_at: datetime | None = None

    def may(self, right: Right) -> bool:
        """Return whether the role gives a right."""
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Raise NotAllowed unless the role gives a right."""
        if not self.may(right):
            raise Forbidden(f"The role {self.role} does not allow this.", code="no-right")

    def sees(self, administration: str | None) -> bool:
        """Return whether what belongs to an office is this person's business; what belongs to none is everybody's."""
        return not self.administrations or administration is None or administration in self.administrations


class Forbidden(NotAllowed):
    """Signed in, and without the right."""

    status = 403


def usable_name(name: str) -> str:
    """Return the name of an account as it is kept.

    Raises:
        Unprocessable: it has other signs than letters without accents, digits, dot, dash, underscore and @.
    """
    folded = name.strip().lower()
    if not NAME.fullmatch(folded):
        raise Unprocessable(
            "A name has up to 80 letters without accents, digits, and . _ - @ inside.", code="bad-name", field="name"
        )
    return folded


def wait_after(failures: int) -> timedelta:
    """Return how long the next try must wait after so many wrong passwords in a row: it doubles each time."""
    if failures <= FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(seconds=15) * 2 ** min(failures - FREE_FAILURES - 1, 20), LONGEST_WAIT)
