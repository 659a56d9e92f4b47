"""E-mail through the office's own mail server (SMTP)."""

import email.policy
import logging
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import aiosmtplib

from bot.db import now
from bot.requests.notifications import Notice
from bot.requests.outbox import Parcel, Status
from bot.settings import Settings

logger = logging.getLogger(__name__)

TIMEOUT = 30.0
"""Seconds that the server has for each answer."""


class Mailer:
    """Sends notices by e-mail.

    Args:
        settings: the mail server; without one nothing is sent, which is said in the log once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        if not settings.smtp_host:
            logger.warning("GUICHET_SMTP_HOST is not set: citizens are told nothing by e-mail.")

    async def send(self, parcel: Parcel, address: str, notice: Notice) -> tuple[Status, str | None]:
        """Send a notice to an address; return how it ended, and the name of what went wrong.

        Until the server was given the words, a failure is sure and the parcel can be tried again. When it was given
        them and its answer did not come, nobody knows: the ending is `uncertain`.
        """
        if not self._settings.smtp_host:
            return Status.SKIPPED, "no mail server"
        client = self._client()
        try:
            return await self._hand_over(client, address, self._message(parcel, address, notice))
        finally:
            client.close()

    async def problem(self) -> str:
        """Return what keeps the server from letting this service in; "" when it does. Nothing is sent."""
        client = self._client()
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            return type(error).__name__
        finally:
            client.close()
        return ""

    async def _hand_over(
        self, client: aiosmtplib.SMTP, address: str, message: EmailMessage
    ) -> tuple[Status, str | None]:
        try:
            await client.connect()
            foreign = ["SMTPUTF8"] if not address.isascii() else []
            await client.mail(self._sender, options=foreign, encoding="utf-8")
            await client.rcpt(address, encoding="utf-8")
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Status.WAITING, type(error).__name__
        try:
            await client.data(message.as_bytes(policy=email.policy.SMTP))
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Status.UNCERTAIN, type(error).__name__
        return Status.SENT, None

    @property
    def _sender(self) -> str:
        return parseaddr(self._settings.smtp_from)[1]

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password or None,
            use_tls=settings.smtp_tls.lower() == "tls",
            start_tls=settings.smtp_tls.lower() == "starttls",
            timeout=TIMEOUT,
        )

    def _message(self, parcel: Parcel, address: str, notice: Notice) -> EmailMessage:
        domain = self._sender.rpartition("@")[2]
        message = EmailMessage()
        message["From"] = self._settings.smtp_from
        message["To"] = address
        message["Subject"] = notice.subject
        message["Date"] = format_datetime(now())
        # The same for the same parcel, so that a mail system knows it again when a person sends it a second time.
        message["Message-ID"] = f"<guichet.{parcel.id}.{parcel.created_at:%Y%m%d%H%M%S%f}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers to it
        message["Content-Language"] = notice.language
        message.set_content(notice.text(self._settings.page_url))
        message.add_alternative(notice.html(self._settings.page_url), subtype="html")
        return message


def _refused(error: aiosmtplib.SMTPResponseException) -> tuple[Status, str]:
    # RFC 5321: 4xx is for now, 5xx for ever.
    return (Status.WAITING if 400 <= error.code < 500 else Status.FAILED), f"SMTP {error.code}"
