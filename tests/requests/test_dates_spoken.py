"""Dates said in words, as a voice keyboard writes them."""

from datetime import date

import pytest

from bot.requests.dates import find_date, says_year

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("le quatorze juillet mille neuf cent cinquante et un", date(1951, 7, 14)),
        ("premier mai deux mille trois", date(2003, 5, 1)),
        ("trente et un mars mille neuf cent quatre-vingt-dix-sept", date(1997, 3, 31)),
        ("vingt deux août mille neuf cent soixante et onze", date(1971, 8, 22)),
        ("deux juin deux mille", date(2000, 6, 2)),
        ("12 décembre mille neuf cent quatre-vingts", date(1980, 12, 12)),
    ],
)
def test_a_date_in_words_is_read(said: str, meant: date) -> None:
    assert find_date(said, TODAY, side="past") == meant
    assert says_year(said)


@pytest.mark.parametrize("said", ["trente et un février deux mille", "mille neuf cent", "dix personnes"])
def test_what_is_no_whole_date_is_none(said: str) -> None:
    assert find_date(said, TODAY, side="past") is None
