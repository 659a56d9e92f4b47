"""Whatever is thrown at a parser, it reads it or refuses it by name; `python -m tests.fuzzing` throws more."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from .parsers import PARSERS, Parser

CASES = 25


def thrown_at(parser: Parser, cases: int) -> int:
    """Throw so many cases at a parser and return how many were thrown; raises what it raises."""
    tried = 0

    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(parser.thrown)
    def throw(case: Any) -> None:
        nonlocal tried
        tried += 1
        with suppress(*parser.refuses):
            parser.call(case)

    run: Callable[[], None] = throw
    run()
    return tried


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_is_typed_is_read_or_refused(name: str) -> None:
    assert thrown_at(PARSERS[name], CASES) >= CASES / 2
