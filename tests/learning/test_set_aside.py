"""What looks like what was set aside is asked later; what looks like what is taught is not."""

from hypothesis import given
from hypothesis import strategies as st

from bot.learning.set_aside import set_aside

TAUGHT = ["combien coûte un passeport", "quel est le prix de la carte grise", "où refaire ma carte", "et le délai"]
ASIDE = ["préavis de licenciement", "rupture conventionnelle cdi", "indemnité de licenciement"]
TEXTS = st.lists(st.text(max_size=30), max_size=6)


def test_what_looks_like_what_was_set_aside_probably_teaches_nothing_and_what_looks_like_an_example_does() -> None:
    like_aside, like_taught, new = set_aside(
        ["licenciement sans préavis", "le prix du passeport", "zut"], ASIDE, TAUGHT
    )
    assert like_aside > 0.9
    assert like_taught < 0.1
    assert new < 0.1, "nothing speaks against what nobody has said yet"


def test_as_long_as_nothing_was_set_aside_nothing_changes() -> None:
    assert set_aside(["licenciement sans préavis"], [], TAUGHT) == [0.0]
    assert set_aside(["licenciement sans préavis"], ASIDE, []) == [0.0]


@given(TEXTS, TEXTS, TEXTS)
def test_it_is_a_chance_whatever_was_said(texts: list[str], aside: list[str], taught: list[str]) -> None:
    found = set_aside(texts, aside, taught)
    assert len(found) == len(texts)
    assert all(0 <= chance <= 1 for chance in found)
