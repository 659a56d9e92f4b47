"""What a citizen is told about an event of their request: the words, in their language, whatever the channel."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment

from bot.catalogue.load import Catalogue
from bot.catalogue.model import FieldType, Service, Text
from bot.requests.completion import item_line
from bot.requests.events import Kind, RequestEvent
from bot.requests.lifecycle import STATES
from bot.requests.model import Request, State
from bot.requests.outcome import outcome_lines, shown_outcome
from bot.requests.receipt import appeal_lines, delay_line, make_receipt, office_contact
from bot.requests.zone import local_day

# The subject shows on a locked phone: it names neither the service nor the decision nor the person.
_SUBJECTS = {
    State.FILED: Text(fr="Votre demande {reference} est bien reçue", en="Your request {reference} has been received"),
    State.TO_COMPLETE: Text(
        fr="Il manque quelque chose à votre demande {reference}", en="Something is missing in your request {reference}"
    ),
    State.EXAMINED: Text(fr="Votre demande {reference} avance", en="Your request {reference} is moving on"),
}
_DECIDED = Text(fr="Une réponse à votre demande {reference}", en="An answer to your request {reference}")
_MESSAGE = Text(
    fr="Un message du service pour votre demande {reference}",
    en="A message from the office on your request {reference}",
)
_STATE = Text(fr="Votre demande {reference} est {state}.", en="Your request {reference} is {state}.")
_REASON = Text(fr="La raison donnée par le service : {reason}", en="The reason given by the office: {reason}")
_ASKED = Text(
    fr="Le service vous demande ceci. Le reste est gardé : répondez seulement à cela, dans la conversation.",
    en="The office asks you for this. The rest of your request is kept: answer only this, in the conversation.",
)
_CONTACT = Text(fr="Le service : {contact}", en="The office: {contact}")
_NEXT = Text(fr="Une personne l'étudie. {delay}", en="A person is examining it. {delay}")
_OPEN_AGAIN = Text(fr="Le service reprend son examen. {delay}", en="The office examines it again. {delay}")
_READ = Text(
    fr="Pour lire la suite ou répondre, ouvrez la conversation et écrivez « où en est ma demande ».",
    en="To read on or to answer, open the conversation and write “where is my request”.",
)
_LETTER = Text(fr="Une réponse au message que vous avez laissé", en="An answer to the message that you left")
_BY = Text(fr="{agent} vous répond :", en="{agent} answers you:")
_WROTE = Text(fr="Vous aviez écrit :\n{text}", en="You had written:\n{text}")
_SMS = Text(
    fr="Votre demande {reference} a du nouveau. Ouvrez la conversation du guichet pour lire.",
    en="There is news about your request {reference}. Open the conversation to read it.",
)
_PLAIN = Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - no markup in it
_HTML = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True)
class Notice:
    """What is to be said: a subject without anything personal, short paragraphs, and a link to say how it went."""

    language: str
    subject: str
    paragraphs: list[str]
    survey: str = ""

    def text(self, link: str = "") -> str:
        """Return it as plain text."""
        return _PLAIN.from_string(_template("notice.txt")).render(notice=self, link=link)

    def html(self, link: str = "") -> str:
        """Return it as HTML; what people wrote is escaped."""
        return _HTML.from_string(_template("notice.html")).render(notice=self, link=link)


def compose(request: Request, event: RequestEvent, catalogue: Catalogue, address: str = "") -> Notice:
    """Return what the citizen is told about an event; `address` is where the service is reached.

    Raises:
        NotFound: the service is no longer in the catalogue.
    """
    language = request.language
    service = catalogue.service(request.service)
    if event.kind is Kind.MESSAGE:
        return _notice(request, _MESSAGE, [event.text or "", _READ[language]])
    subject = _SUBJECTS.get(event.state, _DECIDED)
    if event.state is State.FILED:
        sections = make_receipt(request, catalogue).sections
        return _notice(request, subject, [line for section in sections for line in section.lines])
    said = [_STATE[language].format(reference=request.reference, state=STATES[event.state][language])]
    if event.reason:
        said.append(_REASON[language].format(reason=event.reason))
    said += _what_next(request, event, service)
    said += outcome_lines(shown_outcome(event.outcome, request.reference, address), language)
    if event.state in (State.REFUSED, State.CLOSED):
        said += appeal_lines(service, language)
    said.append(_CONTACT[language].format(contact=office_contact(service, catalogue, language)))
    return _notice(request, subject, [*said, _READ[language]])


def compose_letter(letter: dict[str, str], language: str) -> Notice:
    """Return what is sent to who left a message at the desk: the answer, who gives it, and what was written."""
    said = [_BY[language].format(agent=letter["agent"]), letter["answer"], _WROTE[language].format(text=letter["text"])]
    return Notice(language, _LETTER[language], said)


def short_text(request: Request) -> str:
    """Return what an SMS says: that there is news, and nothing else."""
    return _SMS[request.language].format(reference=request.reference)


def address_of(request: Request, service: Service, kind: FieldType) -> str | None:
    """Return the e-mail address or the phone number that the citizen gave in the request, if any."""
    fields = service.request.fields if service.request else []
    return next(
        (request.answers[each.id] for each in fields if each.type is kind and request.answers.get(each.id)), None
    )


def _what_next(request: Request, event: RequestEvent, service: Service) -> list[str]:
    language = request.language
    match event.state:
        case State.TO_COMPLETE:
            return [_ASKED[language], *(item_line(item, service, language) for item in event.items)]
        case State.EXAMINED if request.due is not None:
            delay = delay_line(local_day(request.due), language)
            return [(_OPEN_AGAIN if event.reason else _NEXT)[language].format(delay=delay)]
    return []


def _notice(request: Request, subject: Text, paragraphs: list[str]) -> Notice:
    return Notice(request.language, subject[request.language].format(reference=request.reference), paragraphs)


@cache
def _template(name: str) -> str:
    return files("bot.requests").joinpath(name).read_text(encoding="utf-8")
