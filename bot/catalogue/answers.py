"""From a facet and a citizen's situation to the cases that answer, or to the one question that would settle it."""

from dataclasses import dataclass

from bot.catalogue.model import Case, Facet, Service, Situation, Source

SHOWN_WITHOUT_ASKING = 3
"""Up to so many cases are shown together; beyond, the assistant asks for the situation that tells them apart."""


@dataclass(frozen=True)
class Answer:
    """What the catalogue says.

    Attributes:
        cases: the cases that may hold, the settled ones first; empty when the facet is not described.
        ask: the situation to ask for, when too many cases are left to read.
        sources: the official pages of the cases, each once.
    """

    cases: list[Case]
    ask: Situation | None
    sources: list[Source]


def answer(service: Service, facet: Facet, situation: dict[str, str]) -> Answer:
    """Return what the catalogue says of a facet in a situation.

    Args:
        service: the service that is asked about.
        facet: what is asked.
        situation: what is known of the citizen's case, as values of the service's situations.
    """
    cases = [case for case in service.facets.get(facet, []) if case.holds(situation)]
    cases.sort(key=lambda case: not case.is_settled(situation))
    unknown = [key for case in cases for key in case.when if key not in situation]
    ask = None
    if unknown and len(cases) > SHOWN_WITHOUT_ASKING:
        ask = service.situation(max(dict.fromkeys(unknown), key=unknown.count))
    sources = [service.source(source_id) for source_id in dict.fromkeys(case.source for case in cases)]
    return Answer(cases, ask, sources)


def settle(service: Service, found: list[tuple[str, str]], age: int | None) -> dict[str, str]:
    """Return what is known of the situation, in the terms of this service.

    Args:
        service: the service that is asked about.
        found: situations and their values as recognised in words, whatever the service, the likeliest first.
        age: the age of the person concerned, in years.
    """
    known = {}
    for situation in service.situations:
        values = {option.value for option in situation.options}
        said = [value for name, value in found if name == situation.id and value in values]
        if said:
            known[situation.id] = said[0]
        elif age is not None:
            for option in situation.options:
                if option.ages and option.ages[0] <= age <= option.ages[1]:
                    known[situation.id] = option.value
    return known
