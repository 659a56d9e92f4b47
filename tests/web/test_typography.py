"""No mark of French punctuation begins a line."""

import pytest

from bot.web.typography import tied


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("Et ça coûte combien ?", "Et ça coûte combien\u00a0?"),
        ("Prix : 17 €, soit 20 % de moins !", "Prix\u00a0: 17\u00a0€, soit 20\u00a0% de moins\u00a0!"),
        ("« Effacer »", "«\u00a0Effacer\u00a0»"),
        ("Price: 17 pounds; no more?", "Price: 17 pounds; no more?"),
        ("https://exemple.fr/a?b=1", "https://exemple.fr/a?b=1"),
    ],
)
def test_a_mark_stays_with_its_word(plain: str, shown: str) -> None:
    assert tied(plain) == shown
