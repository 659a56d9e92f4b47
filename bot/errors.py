"""Every error of Guichet, one root, one shape.

    GuichetError
    ├── InvalidInput        400  what was sent cannot be used; `field` names the part
    │   ├── TooLarge        413
    │   ├── TooSlow         408
    │   └── Unprocessable   422
    ├── NotAllowed          401/403  no token, a wrong token, or no right
    ├── NotFound            404
    ├── Conflict            409
    ├── TooManyRequests     429
    ├── Unavailable         503  a part is down for the moment; try again
    ├── Failed              500  a part of ours went wrong
    └── Misconfigured       exit 1  settings, catalogue, model or key cannot be used

An error says what was wrong and what to do. `code` is stable and meant for programs; the message is meant for
people. The gateway turns any of them into `application/problem+json` (RFC 9457), the command line into one line.
"""

from typing import Any, ClassVar


class GuichetError(Exception):
    """Root of the product's errors.

    Args:
        message: what was wrong and what to do, one sentence or two, without personal data.
        code: a stable kebab-case name for programs; defaults to the class's own.
        data: further members of the problem document (`field`, `retry_after`...).
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal-error"

    def __init__(self, message: str, *, code: str | None = None, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.data = data

    def in_full(self) -> str:
        """Return the message with what the database's driver said, for who may look at the machine, in one line."""
        said = " ".join(str(getattr(self.__cause__, "orig", "")).split())
        return f"{self.message.removesuffix('.')} ({said[:200]})." if said else self.message

    def problem(self) -> dict[str, Any]:
        """Return the error as an RFC 9457 problem document."""
        return {
            "type": f"urn:guichet:error:{self.code}",
            "title": self.code.replace("-", " "),
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            **self.data,
        }


class InvalidInput(GuichetError):
    """What was sent cannot be used."""

    status = 400
    default_code = "invalid-input"


class TooLarge(InvalidInput):
    """What was sent is longer than what is accepted."""

    status = 413
    default_code = "too-large"


class TooSlow(InvalidInput):
    """What was sent took longer to arrive than is waited for."""

    status = 408
    default_code = "too-slow"


class Unprocessable(InvalidInput):
    """What was sent is well formed and makes no sense here."""

    status = 422
    default_code = "unprocessable"


class NotAllowed(GuichetError):
    """The caller may not do this."""

    status = 401
    default_code = "not-allowed"


class NotFound(GuichetError):
    """There is no such thing, or the caller may not know that there is."""

    status = 404
    default_code = "not-found"


class Conflict(GuichetError):
    """The thing is not in a state where this can be done."""

    status = 409
    default_code = "conflict"


class TooManyRequests(GuichetError):
    """The caller must slow down; `retry_after` says for how many seconds."""

    status = 429
    default_code = "too-many-requests"


class Unavailable(GuichetError):
    """A part of the service is down for the moment."""

    status = 503
    default_code = "unavailable"


class Failed(GuichetError):
    """A part of ours went wrong; the fault is written in the log under its correlation id."""

    status = 500
    default_code = "failed"


class Misconfigured(GuichetError):
    """Settings, catalogue, model or key cannot be used; the operator can mend it."""

    status = 500
    default_code = "misconfigured"
