"""What an e-mail says of new alerts: one e-mail for all of them, grouped by service, without anything of a citizen."""

from collections.abc import Callable, Sequence
from itertools import groupby

from bot.catalogue.load import Catalogue
from bot.catalogue.model import Text
from bot.improvement.actions import Aim
from bot.improvement.alerts import Alert, Alerts
from bot.requests.mail import Mailer
from bot.requests.notifications import Notice
from bot.requests.outbox import Channel, Parcel, Status
from bot.settings import Settings

_SUBJECT = Text(fr="Satisfaction : {count} mesure(s) hors de l'ordinaire", en="Satisfaction: {count} unusual figure(s)")
_LINE = Text(
    fr="{about} — {dimension} : {seen} depuis le {since} (n = {n}), {usual} d'habitude.",
    en="{about} — {dimension}: {seen} since {since} (n = {n}), usually {usual}.",
)
_ALL = Text(fr="Toutes les démarches", en="All services")
_WHERE = Text(
    fr="Le détail est dans la console, rubrique Satisfaction, Alertes : {address}/console/satisfaction/alerts",
    en="Details are in the console, Satisfaction, Alerts: {address}/console/satisfaction/alerts",
)


def compose(
    alerts: Sequence[Alert], catalogue: Catalogue, address: str, name: Callable[[Aim], str], language: str = "fr"
) -> Notice:
    """Return one notice about alerts, those of all services first.

    Args:
        alerts: what is told.
        catalogue: the titles of the services.
        address: of the console.
        name: returns the name of a dimension, with its moment if there is one.
        language: of the notice.
    """
    lines = []
    ordered = sorted(alerts, key=lambda alert: alert.aim.service)
    for service, group in groupby(ordered, key=lambda alert: alert.aim.service):
        known = catalogue.services.get(service)
        about = known.title[language] if known else service or _ALL[language]
        lines += [
            _LINE[language].format(
                about=about,
                dimension=name(alert.aim),
                seen=_number(alert.seen, language),
                usual=_number(alert.usual, language),
                since=f"{alert.since:%d/%m/%Y}",
                n=alert.answers,
            )
            for alert in group
        ]
    subject = _SUBJECT[language].format(count=len(alerts))
    return Notice(language, subject, [*lines, _WHERE[language].format(address=address)])


class AlertMail:
    """Tells new alerts to those who want to know.

    Args:
        settings: the addresses and the mail server.
        alerts: where they are.
        catalogue: the titles of the services.
        name: returns the name of a dimension, with its moment if there is one.
    """

    def __init__(self, settings: Settings, alerts: Alerts, catalogue: Catalogue, name: Callable[[Aim], str]) -> None:
        self._settings = settings
        self._alerts = alerts
        self._catalogue = catalogue
        self._name = name

    async def tell(self) -> str:
        """Send one e-mail about all alerts that were not told; what could not be sent is tried at the next time.

        Once one address has it, or perhaps has it, nobody is told a second time.
        """
        addresses = self._settings.alert_addresses.split()
        alerts = await self._alerts.untold() if addresses and self._settings.smtp_host else []
        if not alerts:
            return ""
        notice = compose(alerts, self._catalogue, self._settings.address, self._name)
        mailer = Mailer(self._settings)
        endings = [(await mailer.send(_parcel(alerts[0]), address, notice))[0] for address in addresses]
        if any(ending in (Status.SENT, Status.UNCERTAIN, Status.FAILED) for ending in endings):
            await self._alerts.told([alert.id for alert in alerts])
        return f"{len(alerts)} alerts, {endings.count(Status.SENT)} e-mails sent"


def _parcel(alert: Alert) -> Parcel:
    # The number and the time make the Message-ID, the same when it is tried again.
    return Parcel(-alert.id, 0, Channel.EMAIL, None, 1, alert.opened_at)


def _number(value: float, language: str) -> str:
    text = f"{value:.2f}"
    return text if language == "en" else text.replace(".", ",")
