"""The page on mystery clients says of each criterion what the grid says."""

from tests.mystery.grid import GRID
from tests.mystery.visit import ROOT


def test_the_page_has_every_criterion_with_its_floor_and_its_definition() -> None:
    page = (ROOT / "docs/mystery.md").read_text("utf-8")
    for criterion in GRID:
        assert f"| {criterion.name} | {criterion.floor:g} | {definition(criterion.score.__doc__)} |" in page


def definition(docstring: str | None) -> str:
    """Return a docstring as one line."""
    return " ".join((docstring or "").split())
