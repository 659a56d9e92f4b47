"""Answers that are ready: what the catalogue says about a service, and the usual courtesies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.catalogue.answers import answer
from bot.catalogue.load import Catalogue
from bot.catalogue.reasons import About
from bot.catalogue.render import answer_text
from bot.conversations.model import Message
from bot.errors import Unprocessable
from bot.requests.listing import Line
from bot.requests.model import State
from bot.web.console.render import LANGUAGES, words

ENDS = {
    About.ACCEPTED: State.ACCEPTED,
    About.REFUSED: State.REFUSED,
    About.CLOSED: State.CLOSED,
    About.EXAMINED: State.EXAMINED,
    About.COMPLETION: State.TO_COMPLETE,
}
"""What becomes of a request with a reason."""
COURTESIES = ("hello", "moment", "more", "bye")


def canned(catalogue: Catalogue, service_id: str | None, language: str) -> list[tuple[str, str]]:
    """Return ready answers as (name, text), in the citizen's language.

    Args:
        catalogue: the services.
        service_id: the service talked about; None for the courtesies alone.
        language: of the conversation.
    """
    ready = [(words()[f"canned-{each}"][language], words()[f"canned-{each}-text"][language]) for each in COURTESIES]
    service = catalogue.services.get(service_id or "")
    if service is None:
        return ready
    for facet in service.facets:
        text = answer_text(service, facet, answer(service, facet, {}), {}, language)
        sources = " ".join(str(each.url) for each in answer(service, facet, {}).sources[:1])
        title = words().get(f"facet-{facet}", {}).get(language, str(facet))
        ready.append((title, f"{text}\n{sources}".strip()))
    return ready


@dataclass(frozen=True)
class Ready:
    """A reason that an agent may begin with, in the citizen's language, and what becomes of the request with it.

    Its title is in the language of the agent, who chooses by it.
    """

    to: State
    title: str
    text: str
    language: str


def ready_reasons(
    catalogue: Catalogue, service_id: str, language: str, ends: Collection[State], reader: str
) -> list[Ready]:
    """Return the reasons that are ready for what may become of a request.

    Args:
        catalogue: where they are.
        service_id: of the request; "" for those of every service alone.
        language: of the citizen.
        ends: what may become of it; under examination is a request that is opened again.
        reader: the language of the agent.
    """
    about = [each for each, end in ENDS.items() if end in ends]
    found = catalogue.ready_reasons(service_id, *about)
    return [Ready(ENDS[each.about], each.title[reader], each.text[language], language) for each in found]


def ready_for_several(catalogue: Catalogue, lines: Sequence[Line], reader: str) -> list[Ready]:
    """Return the reasons that are ready for requests of a list, in each language of their citizens.

    Args:
        catalogue: where they are.
        lines: of the list; the reasons of a service are among them when all are about it.
        reader: the language of the agent.
    """
    services, opened_again = {each.service for each in lines}, any(each.state.is_final for each in lines)
    ends = [each for each in ENDS.values() if each is not State.EXAMINED or opened_again]
    service = services.pop() if len(services) == 1 else ""
    languages = sorted({each.language for each in lines}, reverse=True)
    return [each for language in languages for each in ready_reasons(catalogue, service, language, ends, reader)]


def check_finished(catalogue: Catalogue, words: str) -> None:
    """Refuse a ready reason that was left as it is, with its "…".

    Raises:
        Unprocessable: these words are one.
    """
    texts = {each.text[language] for each in catalogue.reasons.values() for language in LANGUAGES}
    if "…" in words and words in texts:
        raise Unprocessable("Complete the reason where “…” stands.", code="reason-unfinished", field="reason")


def ready_notes(catalogue: Catalogue, service_id: str, language: str) -> list[str]:
    """Return what is often asked for again of a service, in the citizen's language."""
    return [each.text[language] for each in catalogue.ready_reasons(service_id, About.COMPLETION)]


def last_words(messages: list[Message], count: int = 3) -> list[str]:
    """Return what the citizen wrote last, the oldest first."""
    return [each.text for each in messages if each.author == "citizen" and not each.text.startswith("[")][-count:]
