"""Asking later, by a link in an e-mail: signed with the service's key, for one moment of one request, and only once.

Nothing is kept of a link: it carries the request, the moment and its last day, and the signature that only the key can
make. It is used up when the moment was answered, which the answers themselves tell.
"""

import hmac
from dataclasses import dataclass
from datetime import date, timedelta

from bot.catalogue.load import Catalogue
from bot.conversations.model import Moment
from bot.db import Database, now
from bot.errors import NotFound
from bot.privacy.encryption import Cipher
from bot.requests.casework import DECISIONS
from bot.requests.events import Kind, RequestEvent
from bot.requests.model import Request, State
from bot.requests.store import RequestStore
from bot.satisfaction.questionnaire import SATISFACTION, Question, questions
from bot.satisfaction.store import FeedbackStore, Subject

VALID = timedelta(days=60)
"""How long a link may be followed: what is remembered later is no longer the moment."""
DIGITS = 24
"""Of the signature: some 80 bits."""
PATH = "/plain/opinion/"


@dataclass(frozen=True)
class Survey:
    """What a link opens.

    Attributes:
        subject: what is asked about.
        rated: whether a face was chosen already.
        left: the questions that can still be answered; none when the link is used up.
    """

    subject: Subject
    rated: bool
    left: list[Question]


class Surveys:
    """The links.

    Args:
        database: where requests and answers are.
        cipher: signs.
        catalogue: which administration answers for a service.
        url: at which browsers reach the service; "" when that is not known, and then no link is offered.
    """

    def __init__(self, database: Database, cipher: Cipher, catalogue: Catalogue, url: str = "") -> None:
        self.feedback = FeedbackStore(database)
        self._requests = RequestStore(database, cipher)
        self._cipher = cipher
        self._catalogue = catalogue
        self._url = url

    async def offer(self, request: Request, event: RequestEvent) -> str:
        """Return the link that goes with the news of an event; "" when nothing is to be asked, or was already."""
        moment = moment_of(event)
        if not self._url or moment is None:
            return ""
        asked = await self.feedback.ask(self._subject(request, moment), event.at)
        return f"{self._url}{PATH}{self.token(request.id, moment, (event.at + VALID).date())}" if asked else ""

    def token(self, request_id: str, moment: Moment, last_day: date) -> str:
        """Return what a link carries."""
        signed = f"{request_id}.{moment}.{last_day:%Y%m%d}"
        return f"{signed}.{self._signature(signed)}"

    async def open(self, token: str) -> Survey:
        """Return what a link asks.

        Raises:
            NotFound: the link is not one of ours, is too old, or its request was erased: all look the same.
        """
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
            raise _gone()
        request_id, moment, last_day = signed.split(".")
        if f"{now():%Y%m%d}" > last_day:
            raise _gone()
        try:
            request = await self._requests.get(request_id)
        except NotFound:
            raise _gone() from None
        subject = self._subject(request, Moment(moment))
        said = await self.feedback.said(subject)
        left = [] if said - {SATISFACTION} else questions(request_id, subject.moment)
        return Survey(subject, SATISFACTION in said, left)

    def _signature(self, signed: str) -> str:
        return self._cipher.digits(f"survey:{signed}", DIGITS)

    def _subject(self, request: Request, moment: Moment) -> Subject:
        service = self._catalogue.services.get(request.service)
        return Subject(
            None,
            moment,
            request.service,
            request.id,
            administration=service.administration if service else None,
            language=request.language,
        )


def moment_of(event: RequestEvent) -> Moment | None:
    """Return the moment that the news of an event closes: the use of the service, or its outcome."""
    if event.kind is not Kind.STATE:
        return None
    if event.state is State.EXAMINED:
        return Moment.USE
    return Moment.OUTCOME if event.state in DECISIONS else None


def _gone() -> NotFound:
    return NotFound("This link is not valid any more.", code="link-gone")
