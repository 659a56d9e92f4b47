"""A conversation as a mystery client (docs/mystery.md): a file that plays it again and checks what should be answered.

The words are those of the log, masked. What was typed into a form is not in the log: made-up answers stand for it. What
should be answered is what people corrected, else what was understood at the time; an answer that people found wrong and
did not correct is expected to be nothing yet, and a comment says what they wrote.
"""

from datetime import date, timedelta
from typing import Any

import yaml

from bot.catalogue.form import FieldType, RequestField
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Facet, Service
from bot.conversations.reviews import AnnotationState, Review
from bot.conversations.transcript import Transcript, Understood

OVERVIEW = "what"
"""What `ask_what` asks for: the summary of a service."""
SAID, PRESSED = "text", "button"
ABOUT_US = ("rate", "answer_opinion", "no_comment", "give_feedback")
"""How it went is asked of whoever plays the file anew: their answers are not those of the citizen."""
MADE_UP = {
    FieldType.TEXT: "Lefèvre",
    FieldType.LONG_TEXT: "Une phrase écrite pour cet essai.",
    FieldType.EMAIL: "essai@exemple.fr",
    FieldType.PHONE: "06 12 34 11 22",
    FieldType.ADDRESS: "12 rue des Tilleuls, 35000 Rennes",
    FieldType.COMMUNE: "Rennes",
    FieldType.MONEY: "1200",
}
PASSED = {"fr": "passer", "en": "skip"}
NO = {"fr": "non", "en": "no"}


def visit_file(transcript: Transcript, review: Review, catalogue: Catalogue) -> str:
    """Return the file of a conversation, in YAML, for `tests/mystery/visits/<situation>/`.

    Args:
        transcript: the conversation.
        review: what people made of it.
        catalogue: the services, for what their forms ask.
    """
    steps: list[dict[str, Any]] = []
    filed: list[dict[str, str]] = []
    remarks: list[str] = []
    service: str | None = None
    for turn in transcript.turns:
        if turn.kind not in (SAID, PRESSED) or turn.intent in ABOUT_US:
            continue
        service = turn.service if turn.service in catalogue.services else service
        if turn.field is not None:
            answer = _made_up(catalogue.services.get(service or ""), turn.field, transcript.language)
            if answer is not None:
                if not steps or "fill" not in steps[-1]:
                    steps.append({"fill": {}})
                steps[-1]["fill"][turn.field] = answer
            continue
        if turn.intent == "confirm_request" and service:
            filed.append({"service": service, "state": "filed"})
            _complete(steps, catalogue.services[service], transcript.language)
        remarks += _remarks(turn, review)
        step: dict[str, Any] = {"press" if turn.kind == PRESSED else "say": turn.said}
        if expected := _expected(turn, review, catalogue):
            step["expect"] = expected
        steps.append(step)
    first = next((each["say"] for each in steps if "say" in each), "refaire ce parcours")
    visit = {
        "who": f"Une personne dont la conversation du {transcript.created_at:%d/%m/%Y} a été relue",
        "wants": f"{first[:120]} (ses mots, masqués)",
        "door": "api",
        "language": transcript.language,
        "steps": steps or [{"say": "Bonjour"}],
    } | ({"ends": {"requests": filed}} if filed else {})
    head = [f"# {each}" for each in ("Written from a conversation, masked; form answers are made up.", *remarks)]
    return "\n".join(head) + "\n" + yaml.safe_dump(visit, allow_unicode=True, sort_keys=False, width=120)


def _expected(turn: Understood, review: Review, catalogue: Catalogue) -> dict[str, Any]:
    """Return what the answer must tell: what people corrected, else what was understood and nobody found wrong."""
    intent, service = turn.intent or "", turn.service
    corrected = next((each for each in review.proposals.get(turn.message_id, []) if each.state != "rejected"), None)
    judged = next(iter(review.annotations.get(turn.message_id, [])), None)
    if corrected:
        intent, service = corrected.intent, corrected.service or turn.service
    elif turn.fallback or (judged and judged.state in (AnnotationState.ANOMALY, AnnotationState.TO_REVIEW)):
        return {}
    facet = intent.removeprefix("ask_")
    known = service in catalogue.services and intent.startswith("ask_") and facet in (*Facet, OVERVIEW)
    return {"service": service, "facets": [facet]} if known else {}


def _remarks(turn: Understood, review: Review) -> list[str]:
    """Return what people wrote of the answer to a turn, as one line for a comment."""
    return [
        f"Message {turn.number}, {judged.state}, {judged.reason}. What should have been said: "
        + (" ".join(judged.expected.split()) or "(not written)")
        for judged in review.annotations.get(turn.message_id, [])[:1]
    ]


def _complete(steps: list[dict[str, Any]], service: Service, language: str) -> None:
    """Let the last answers of a form that was sent hold one for every question: other choices may ask others."""
    fill = next((each["fill"] for each in reversed(steps) if "fill" in each), None)
    if fill is not None and service.request is not None:
        fill |= {field.id: _answer(field, language) for field in service.request.fields}


def _made_up(service: Service | None, field_id: str, language: str) -> str | None:
    """Return an answer that a field accepts, or None when the form of the service does not ask for it any more."""
    fields = service.request.fields if service is not None and service.request else []
    field = next((each for each in fields if each.id == field_id), None)
    return _answer(field, language) if field is not None else None


def _answer(field: RequestField, language: str) -> str:
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        return field.choices[0].title[language]
    if field.type is FieldType.BOOLEAN:
        return NO[language]
    if field.type is FieldType.FILE:
        return PASSED[language]
    if field.type is FieldType.NUMBER:
        return f"{max(field.min or 0, min(2, field.max if field.max is not None else 2)):g}"
    if field.type in (FieldType.DATE, FieldType.PERIOD):
        years = sum(field.ages) / 2 if field.ages else 33
        days = {"birth": -int(365.25 * years) - 100, "past": -40, "future": 30, "any": 30}[field.when_date]
        day = date.today() + timedelta(days=days)
        day = min(max(day, field.earliest or day), field.latest or day)
        if field.type is FieldType.DATE:
            return f"{day:%d/%m/%Y}"
        joint = "to" if language == "en" else "au"
        return f"{day:%d/%m/%Y} {joint} {day + timedelta(days=3):%d/%m/%Y}"
    made_up = MADE_UP[field.type]
    least = int(field.min or 0) if field.type in (FieldType.TEXT, FieldType.LONG_TEXT) else 0
    # A number that somebody was given: only its length is known here.
    return made_up if len(made_up) >= least else "A1234567890" * (least // 11 + 1)
