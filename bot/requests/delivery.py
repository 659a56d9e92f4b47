"""Sends what is in the outbox: e-mail, SMS, the chat, webhooks. Run by a job, a few parcels at a time."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.catalogue.load import Catalogue
from bot.catalogue.model import FieldType, Text
from bot.conversations.handoff import Handoff, HandoffState
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.model import Author, Button, Command, Message
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.errors import GuichetError, NotFound
from bot.privacy.encryption import Cipher
from bot.requests.events import RequestEvent
from bot.requests.journal import Journal
from bot.requests.mail import Mailer
from bot.requests.model import Request, State, Way
from bot.requests.notifications import address_of, compose, compose_letter, short_text
from bot.requests.outbox import Channel, Outbox, Parcel, Status
from bot.requests.preferences import prefers
from bot.requests.sms import SmsSink
from bot.requests.store import RequestStore
from bot.requests.webhooks import Webhooks
from bot.requests.wire import request_wire
from bot.settings import Settings

logger = logging.getLogger(__name__)

Ending = tuple[Status, str | None]
"""How a sending ended, and the name of what went wrong."""
PREFERS_ANOTHER = "prefers another way"
"""Why something was not sent: its citizen said by which way they like to hear, and that way is open."""
_COMPLETE = Text(fr="Compléter ma demande", en="Complete my request")
_TRACK = Text(fr="Voir ma demande", en="See my request")


class Delivery:
    """Sends parcels, each by its channel.

    Args:
        settings: the mail server, the file of SMS, where webhooks may go.
        database: where the outbox is.
        cipher: reads the addresses and the words.
        catalogue: the services.
        conversations: where the chat is.
        ring: wakes the streams of a conversation.
        survey: returns the link by which the citizen may say how it went, or ""; none is offered when left out.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        cipher: Cipher,
        catalogue: Catalogue,
        conversations: ConversationStore,
        ring: Callable[[str], None],
        survey: Callable[[Request, RequestEvent], Awaitable[str]] | None = None,
    ) -> None:
        self._address = settings.address
        self._database = database
        self._outbox = Outbox(database)
        self._requests = RequestStore(database, cipher)
        self._journal = Journal(cipher)
        self._catalogue = catalogue
        self._conversations = conversations
        self._handoffs = HandoffStore(conversations, cipher)
        self._ring = ring
        self._survey = survey if settings.smtp_host else None
        self._mails = bool(settings.smtp_host)
        self._mailer = Mailer(settings)
        self._sms = SmsSink(settings)
        self._webhooks = Webhooks(database, cipher, settings)
        self._senders: dict[Channel, Callable[[Parcel, Request, RequestEvent], Awaitable[Ending]]] = {
            Channel.EMAIL: self._email,
            Channel.SMS: self._send_sms,
            Channel.CHAT: self._chat,
            Channel.WEBHOOK: self._webhook,
        }

    async def run(self) -> str:
        """Send what is due; return how many were sent, for the log of the job."""
        sent = failed = 0
        while parcels := await self._outbox.take():
            for parcel in parcels:
                status = await self._send(parcel)
                sent += status is Status.SENT
                failed += status in (Status.FAILED, Status.UNCERTAIN, Status.WAITING)
        return f"{sent} sent, {failed} not" if sent or failed else ""

    async def _send(self, parcel: Parcel) -> Status:
        handoff: Handoff | None = None
        try:
            if parcel.handoff_id is not None:
                handoff = await self._handoffs.get(parcel.handoff_id)
                status, error = await self._letter(parcel, handoff)
            else:
                status, error = await self._news(parcel)
        except NotFound as erased:
            status, error = Status.SKIPPED, erased.code
        except GuichetError as refused:
            status, error = Status.WAITING, refused.code
        except Exception as fault:  # one parcel that cannot be sent must not hold up the others
            logger.warning("parcel %d by %s: %s", parcel.id, parcel.channel, type(fault).__name__)
            # Nothing is known of how far it went.
            status, error = Status.UNCERTAIN, type(fault).__name__
        status = await self._outbox.settle(parcel, status, error)
        if handoff is not None and status in (Status.SENT, Status.SKIPPED, Status.FAILED):
            await self._handoffs.settle_left(handoff, error or "" if status is Status.FAILED else None)
        return status

    async def _news(self, parcel: Parcel) -> Ending:
        async with self._database.reading() as session:
            request_id, event = await self._journal.event(session, parcel.event_id or 0)
        request = await self._requests.get(request_id)
        return await self._senders[parcel.channel](parcel, request, event)

    async def _letter(self, parcel: Parcel, handoff: Handoff) -> Ending:
        """Answer by e-mail who left a message at the desk."""
        letter = handoff.note or {}
        if handoff.state != HandoffState.ENDED or "answer" not in letter or "@" not in letter["contact"]:
            return Status.SKIPPED, "answered otherwise"
        return await self._mailer.send(parcel, letter["contact"], compose_letter(letter, handoff.language))

    async def _email(self, parcel: Parcel, request: Request, event: RequestEvent) -> Ending:
        address = address_of(request, self._catalogue.service(request.service), FieldType.EMAIL)
        if address is None:
            return Status.SKIPPED, "no address"
        if await self._is_enough(request, Way.CHAT):
            return Status.SKIPPED, PREFERS_ANOTHER
        notice = compose(request, event, self._catalogue, self._address)
        if self._survey is not None:
            notice = replace(notice, survey=await self._survey(request, event))
        return await self._mailer.send(parcel, address, notice)

    async def _send_sms(self, parcel: Parcel, request: Request, event: RequestEvent) -> Ending:
        number = address_of(request, self._catalogue.service(request.service), FieldType.PHONE)
        if number is None:
            return Status.SKIPPED, "no number"
        if await self._is_enough(request, Way.CHAT, Way.EMAIL):
            return Status.SKIPPED, PREFERS_ANOTHER
        return await self._sms.send(parcel, number, short_text(request))

    async def _is_enough(self, request: Request, *ways: Way) -> bool:
        """Return whether one of some ways is the one that the citizen prefers, and reaches them."""
        if not prefers(request, *ways):
            return False
        if request.preference.way is Way.EMAIL:
            service = self._catalogue.service(request.service)
            return bool(self._mails and address_of(request, service, FieldType.EMAIL))
        # A conversation that was erased or has expired reaches nobody.
        return bool(await self._conversations.messages_after(request.conversation_id or "", 0))

    async def _chat(self, parcel: Parcel, request: Request, event: RequestEvent) -> Ending:
        if request.conversation_id is None:
            return Status.SKIPPED, "no conversation"
        language = request.language
        to_complete = event.state is State.TO_COMPLETE and request.state is State.TO_COMPLETE
        command = Command("complete_request" if to_complete else "track_request", {"request": request.id})
        message = Message(
            Author.SYSTEM,
            "\n".join(compose(request, event, self._catalogue, self._address).paragraphs[:-1]),
            [Button((_COMPLETE if to_complete else _TRACK)[language], command)],
            {"request": request_wire(request)},
            logged_text=f"[nouvelle : {request.reference}]",
            # The same for the same parcel: what is taken twice is shown once.
            id=f"outbox-{parcel.id}",
        )
        # Only what was taken before can be there already.
        earlier = parcel.attempts > 1
        shown = await self._conversations.messages_after(request.conversation_id, 0) if earlier else []
        if all(each.id != message.id for each in shown):
            await self._conversations.append(request.conversation_id, message)
        self._ring(request.conversation_id)
        return Status.SENT, None

    async def _webhook(self, parcel: Parcel, request: Request, event: RequestEvent) -> Ending:
        return await self._webhooks.send(parcel, request, event)
