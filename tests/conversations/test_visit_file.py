"""A conversation as a test file: the runner reads it, and every form gets answers that it accepts."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.catalogue.form import FieldType
from bot.catalogue.load import Catalogue
from bot.conversations.model import Mode
from bot.conversations.reviews import Annotation, AnnotationState, Proposal, Reason, Review
from bot.conversations.transcript import Transcript, Understood
from bot.conversations.visit_file import visit_file
from bot.requests.fields import read_answer
from tests.mystery.visit import Visit, read

AT = datetime(2026, 11, 16, 10, tzinfo=UTC)


def _turn(number: int, kind: str, said: str, intent: str, service: str | None, field: str | None = None) -> Understood:
    return Understood(
        number, f"m{number}", AT, kind, said, "fr", intent, 0.9, [], [], service, 0.9, None, [], field, False, "m", 1.0
    )


def _transcript(turns: list[Understood], language: str = "fr") -> Transcript:
    return Transcript("c1", language, None, Mode.BOT, "1", AT, AT, [], turns)


def _read(text: str, folder: Path) -> Visit:
    path = folder / "filing" / "from-the-log.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read(path)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_form_gets_answers_that_it_accepts(catalogue: Catalogue, tmp_path: Path, language: str) -> None:
    refused = {}
    for service in catalogue.services.values():
        if service.request is None:
            continue
        fields = service.request.fields
        turns = [_turn(1, "text", "Je voudrais faire la demande", "submit_request", service.id)]
        turns += [
            _turn(2 + place, "text", f"[réponse : {each.id}]", "inform", service.id, each.id)
            for place, each in enumerate(fields)
        ]
        turns.append(_turn(90, "button", "Confirmer et envoyer", "confirm_request", service.id))
        visit = _read(visit_file(_transcript(turns, language), Review(), catalogue), tmp_path)
        [fill] = [step.fill for step in visit.steps if step.fill]
        assert set(fill) == {each.id for each in fields}
        assert [(each.service, each.state) for each in visit.ends.requests] == [(service.id, "filed")]
        for each in fields:
            if each.type is FieldType.FILE:
                continue  # it is passed: nothing is sent
            try:
                read_answer(each, fill[each.id], date.today())
            except Exception as error:
                refused[f"{service.id}.{each.id}"] = f"{fill[each.id]!r}: {error}"
    assert refused == {}


def test_what_people_corrected_is_expected_and_what_they_found_wrong_is_not(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    turns = [
        _turn(1, "text", "Combien ?", "ask_price", "passport"),
        _turn(2, "text", "Où aller ?", "ask_price", "passport"),
        _turn(3, "text", "Et le délai ?", "ask_delay", "passport"),
        _turn(4, "text", "merci", "thank", "passport"),
        _turn(5, "button", "Bien", "rate", "passport"),
    ]
    review = Review(
        annotations={
            "m3": [Annotation(AnnotationState.ANOMALY, Reason.OBSOLETE, "Deux\nsemaines.", "tess", AT)],
            "m1": [
                Annotation(AnnotationState.RESOLVED, Reason.TONE, "", "tess", AT),
                Annotation(AnnotationState.ANOMALY, Reason.TONE, "plus doux", "tess", AT),
            ],
        },
        proposals={"m2": [Proposal("ask_where", "identity-card", "proposed", "tess", AT)]},
    )
    text = visit_file(_transcript(turns), review, catalogue)
    visit = _read(text, tmp_path)
    expected = [(step.say, step.expect.service, step.expect.facets) for step in visit.steps]
    assert expected == [
        ("Combien ?", "passport", ["price"]),
        ("Où aller ?", "identity-card", ["where"]),
        ("Et le délai ?", None, []),
        ("merci", None, []),
    ]
    assert "# Message 3, anomaly, obsolete. What should have been said: Deux semaines." in text


def test_a_conversation_in_which_nothing_was_said_is_a_file_all_the_same(catalogue: Catalogue, tmp_path: Path) -> None:
    assert _read(visit_file(_transcript([]), Review(), catalogue), tmp_path).steps[0].say == "Bonjour"
