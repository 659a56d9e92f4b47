"""Which request: those that the words may mean, else by part of life, so that nobody reads a list of thirty."""

from collections import defaultdict

from actions.labels import label
from actions.unsure import CHOICES, WEAK
from actions.visit import Visit, button
from bot.catalogue.model import Service, Theme


def ask_which_request(visit: Visit) -> None:
    """Ask which request is to be made: the likeliest ones, the parts of life, or all of one part that was chosen."""
    theme = visit.entity("theme")
    submittable = visit.desk.catalogue.submittable
    likely = [
        service
        for each in visit.found("services", [])
        if each["confidence"] >= WEAK / 2 and (service := visit.service(each["id"])) and service.submittable
    ][:CHOICES]
    person = button(label("person", visit.language), "talk_to_person")
    other = button(label("other_request", visit.language), "submit_request")
    if theme:
        of_theme = _each(visit, [each for each in submittable if each.theme == theme])
        visit.say("utter_which_request_of", buttons=[*of_theme, person])
    elif likely:
        visit.say("utter_which_request_of", buttons=[*_each(visit, likely), other, person])
    else:
        visit.say("utter_which_request", buttons=[*_by_theme(visit, submittable), person])


def _by_theme(visit: Visit, services: list[Service]) -> list[dict[str, str]]:
    """Return a button for each part of life; one that has a single request leads straight to it."""
    themes: dict[Theme, list[Service]] = defaultdict(list)
    for service in services:
        themes[service.theme].append(service)
    several = [theme for theme in Theme if len(themes[theme]) > 1]
    parts = [button(label(f"theme_{theme}", visit.language), "submit_request", theme=theme) for theme in several]
    single = _each(visit, [each for theme in Theme for each in themes[theme] if theme not in several])
    return [*parts, *single]


def _each(visit: Visit, services: list[Service]) -> list[dict[str, str]]:
    return [button(each.title[visit.language], "submit_request", service=each.id) for each in services]
