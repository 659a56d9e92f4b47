"""How the grid reads an answer: which facet of which service it tells, whether it leaves a way on, how it is said."""

import re
from functools import cache

from bot.catalogue.load import Catalogue, load_catalogue
from bot.catalogue.plain_language import Level, findings
from bot.catalogue.readability import words
from bot.catalogue.render import HEADINGS
from tests.citizen import plain
from tests.mystery.transcript import Reply
from tests.mystery.visit import OVERVIEW, ROOT

PERSON = re.compile(
    r"(parler à|joindre|à|demand\w+) une personne|une personne peut|laisser un message|allô service public|"
    r"talk to a person|ask for a person|reach a person|a person can|leave a message|"
    r"(?<!\d)3939(?!\d)|défenseur des droits",
    re.IGNORECASE,
)
"""A way to a person: words, a button, or a number that people answer."""
PHONE = re.compile(r"(?<!\d)(?:0\d(?: ?\d\d){4}|\d\d ?\d\d|1[1578]|11[2459])(?!\d)")
WAY = re.compile(
    r"\?|https?://|écrivez|dites|donnez|demandez|choisissez|vous pouvez|appelez|appuyez|répondez|indiquez|envoyez|"
    r"write|say |give|ask |choose|you can|call|press|answer",
    re.IGNORECASE,
)
"""Words that tell what can be done next."""
FAMILIAR = re.compile(r"(?<![\w'])(?:tu|toi|ton|tes|t'as|t'es|ta)(?![\w'])", re.IGNORECASE)
BLAME = re.compile(
    r"saisie (?:est )?(?:invalide|incorrecte|erronée)|réponse invalide|vous avez tort|erreur de votre part|"
    r"c'est faux|vous auriez dû|invalid|wrong input|you should have|!{2,}",
    re.IGNORECASE,
)
"""Words that make the citizen guilty, or shout at them."""
CARE = re.compile(
    r"comprends|désolé|pardon|important|regrett|excus|navré|merci de votre patience|nous vous la devons|"
    r"understand|sorry|matters|apolog|we owe",
    re.IGNORECASE,
)
"""Words that take up what the person feels."""


@cache
def catalogue() -> Catalogue:
    """Return the project's catalogue."""
    return load_catalogue(ROOT / "data")


def tells(reply: Reply, service_id: str, facets: list[str]) -> bool:
    """Return whether an answer tells every one of the facets of a service; any of its facets when none is named.

    The assistant heads what it tells with the name of the service and of the facet (`bot/catalogue/render.py`); the
    summary of a service begins with its name.
    """
    service = catalogue().services[service_id]
    text = reply.text
    for facet in facets or [""]:
        told = False
        for language in ("fr", "en"):
            start = plain(f"{service.title[language]} — ")
            if facet == OVERVIEW:
                told |= start + plain(service.summary[language])[:40] in text
            elif facet:
                heading = next(head[language] for name, head in HEADINGS.items() if str(name) == facet)
                told |= start + plain(heading.lower()) in text
            else:
                told |= start in text
        if not told:
            return False
    return True


def offers_person(reply: Reply) -> bool:
    """Return whether an answer shows a way to a person, by words or by a button."""
    return bool(PERSON.search(reply.seen))


def leaves_a_way(reply: Reply) -> bool:
    """Return whether something can be done after an answer: a button, a question, a link, a number, an invitation."""
    return bool(
        reply.buttons
        or reply.asked
        or any(message.sources for message in reply.messages)
        or WAY.search(reply.text)
        or PHONE.search(reply.text)
    )


def is_courteous(text: str) -> bool:
    """Return whether a text says "vous", blames nobody and shouts at nobody; quotations are not its own words."""
    own = re.sub(r"«[^»]*»|“[^”]*”", "", text)
    return not FAMILIAR.search(own) and not BLAME.search(own)


def takes_up(text: str) -> bool:
    """Return whether a text takes up what the person feels."""
    return bool(CARE.search(text))


def is_plain(text: str, language: str) -> bool:
    """Return whether a text is in plain language: no mistake and no remark on a hard text in the project's own rules.

    Quotations of official pages are theirs, and lines of a summary are the citizen's.
    """
    own = re.sub(r"«[^»]*»|“[^”]*”", "", text)
    return not any(
        finding.level == Level.MISTAKE or "reading ease" in finding.advice
        for finding in findings(own, "en" if language == "en" else "fr")
    )


def length(text: str) -> int:
    """Return the number of words."""
    return len(words(text))
