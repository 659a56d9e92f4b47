"""What a message refuses is torn from what it asks instead, and nothing else is."""

import pytest

from bot.understanding.refusals import refusal


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("je ne veux pas savoir le prix mais le délai", "le délai"),
        ("Je n’ai pas besoin de la liste des papiers, dites-moi juste où aller", "dites-moi juste où aller"),
        ("pas les papiers, le prix", "le prix"),
        ("c'est pas le prix que je veux, c'est le délai", "c'est le délai"),
        ("le prix de la carte grise, pas le délai", "le prix de la carte grise"),
        ("comment faire plutôt que combien ça coûte", "comment faire"),
        ("I don't want to know where, I want to know how much", "I want to know how much"),
        ("I'm not asking how to apply, I'm asking who can", "I'm asking who can"),
        ("not the price but the papers", "the papers"),
    ],
)
def test_what_is_asked_instead_is_told_from_what_is_refused(text: str, asked: str) -> None:
    torn = refusal(text)
    assert torn
    assert torn[1] == asked


@pytest.mark.parametrize(
    "text", ["je ne veux pas payer", "je n'ai pas reçu mon code, comment faire ?", "combien ça coûte", "not bad", ""]
)
def test_who_only_refuses_or_only_asks_is_not_torn(text: str) -> None:
    assert refusal(text) is None
