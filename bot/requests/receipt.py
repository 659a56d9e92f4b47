"""The acknowledgement of receipt of a request: what it has to say, for the chat, the PDF and the e-mail alike.

CRPA L112-3 owes it to whoever files a request; R112-5 says what it holds: the date of receipt, the office in charge
with its contact, the date from which no answer means acceptance or refusal, and how to appeal.
"""

from dataclasses import dataclass
from datetime import date

from bot.catalogue.administrations import Administration
from bot.catalogue.answers import answer
from bot.catalogue.contact import contact_line
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Facet, Service, Text
from bot.requests.model import Request
from bot.requests.zone import local_day

GENERAL_CONTACT = "3939 (Allô Service Public)"
_WORDS = {
    "title": Text(fr="Accusé de réception de votre demande", en="Acknowledgement of receipt of your request"),
    "request": Text(fr="Votre demande", en="Your request"),
    "office": Text(fr="Le service qui s'en occupe", en="The office in charge"),
    "delay": Text(fr="Quand vous aurez une réponse", en="When you will have an answer"),
    "silence": Text(fr="Si vous n'avez pas de réponse", en="If you have no answer"),
    "person": Text(fr="Qui décide", en="Who decides"),
    "appeal": Text(fr="Si vous n'êtes pas d'accord", en="If you do not agree"),
    "follow": Text(fr="Suivre votre demande", en="Following your request"),
}
_DECIDES = Text(
    fr="Une personne du service étudie votre demande et décide. Aucun programme ne décide à sa place.",
    en="A person of the office examines your request and decides. No program decides in their place.",
)
_FOLLOW = Text(
    fr="Ouvrez la conversation et écrivez « où en est ma demande ». Ailleurs, donnez la référence et le code d'accès. "
    "Le code n'est pas sur ce document : gardez-le à part.",
    en="Open the conversation and write “where is my request”. Elsewhere, give the reference and the access code. "
    "The code is not on this document: keep it apart.",
)
_UNKNOWN_SILENCE = Text(
    fr="Nous ne connaissons pas la règle propre à cette démarche. En général, deux mois de silence valent acceptation, "
    "mais il y a beaucoup d'exceptions (code des relations entre le public et l'administration, articles L231-1 à "
    "L231-6). Demandez au service, ou voyez https://www.service-public.gouv.fr.",
    en="We do not know the rule for this service. In general two months without an answer mean acceptance, but there "
    "are many exceptions (code des relations entre le public et l'administration, articles L231-1 to L231-6). Ask the "
    "office, or see https://www.service-public.gouv.fr.",
)
_APPEAL = Text(
    fr="Vous pouvez écrire au service qui a décidé (recours gracieux), puis saisir le tribunal administratif, en "
    "général dans les deux mois. Le Défenseur des droits aide gratuitement : 09 69 39 00 00.",
    en="You can write to the office that decided, then go to the administrative court, usually within two months. The "
    "Défenseur des droits (ombudsman) helps free of charge: 09 69 39 00 00.",
)


@dataclass(frozen=True)
class Section:
    """A part of the acknowledgement: a heading and its sentences."""

    heading: str
    lines: list[str]


@dataclass(frozen=True)
class Receipt:
    """An acknowledgement, in the citizen's language, without personal data but the reference."""

    language: str
    title: str
    reference: str
    sections: list[Section]


def make_receipt(request: Request, catalogue: Catalogue) -> Receipt:
    """Return the acknowledgement of a request that is filed.

    Raises:
        NotFound: its service is no longer in the catalogue.
    """
    language = request.language
    service = catalogue.service(request.service)
    assert request.filed_at is not None
    assert request.due is not None
    assert service.request is not None
    received, due = local_day(request.filed_at), local_day(request.due)
    facts = {
        "request": request_lines(request, service, received),
        "office": [office_contact(service, catalogue, language)],
        "delay": [service.request.next_step[language], delay_line(due, language)],
        "silence": [silence_line(service, received, language)],
        "person": [_DECIDES[language]],
        "appeal": appeal_lines(service, language),
        "follow": [_FOLLOW[language]],
    }
    sections = [Section(_WORDS[name][language], lines) for name, lines in facts.items()]
    return Receipt(language, _WORDS["title"][language], request.reference, sections)


def request_lines(request: Request, service: Service, received: date) -> list[str]:
    """Return what was filed and when."""
    title, day = service.title[request.language], show_day(received)
    if request.language == "en":
        return [f"Service: {title}", f"Reference: {request.reference}", f"Received on {day}"]
    return [f"Démarche : {title}", f"Référence : {request.reference}", f"Reçue le {day}"]


def delay_line(due: date, language: str) -> str:
    """Return the announced delay."""
    day = show_day(due)
    return f"An answer is announced before {day}." if language == "en" else f"Une réponse est annoncée avant le {day}."


def silence_line(service: Service, received: date, language: str) -> str:
    """Return what no answer means for a service, from which day, and by which law; or that it is not known."""
    silence = service.request.silence if service.request else None
    if silence is None:
        return _UNKNOWN_SILENCE[language]
    day = show_day(silence.from_day(received))
    source = f"{silence.law}, {silence.url}" if silence.url else silence.law
    if language == "en":
        meaning = "accepted" if silence.means == "accepted" else "refused, and you can then appeal"
        return f"Without an answer by {day}, your request is deemed {meaning} ({source})."
    meaning = "acceptée" if silence.means == "accepted" else "refusée, et vous pourrez faire un recours"
    return f"Sans réponse le {day}, votre demande est considérée comme {meaning} ({source})."


def appeal_lines(service: Service, language: str) -> list[str]:
    """Return how to appeal: the service's own way when one holds in every situation, and the general one."""
    cases = [case for case in answer(service, Facet.APPEAL, {}).cases if not case.when and case.text]
    return [case.text[language] for case in cases[:1] if case.text] + [_APPEAL[language]]


def office_of(service: Service, catalogue: Catalogue) -> Administration | None:
    """Return the office that receives the requests of a service."""
    return catalogue.administrations.get(service.request.office if service.request else service.administration)


def office_contact(service: Service, catalogue: Catalogue, language: str) -> str:
    """Return how to reach the office in charge, in one line."""
    office = office_of(service, catalogue)
    return contact_line(office, language) if office else GENERAL_CONTACT


def show_day(day: date) -> str:
    """Return a day as people write it."""
    return f"{day:%d/%m/%Y}"
