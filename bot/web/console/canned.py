"""Answers that are ready: what the catalogue says about a service, and the usual courtesies."""

from bot.catalogue.answers import answer
from bot.catalogue.load import Catalogue
from bot.catalogue.render import answer_text
from bot.conversations.model import Message
from bot.web.console.render import words

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


def last_words(messages: list[Message], count: int = 3) -> list[str]:
    """Return what the citizen wrote last, the oldest first."""
    return [each.text for each in messages if each.author == "citizen" and not each.text.startswith("[")][-count:]
