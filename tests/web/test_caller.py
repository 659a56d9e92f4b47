"""Whose call it is: behind proxies only what ours wrote is believed, and an IPv6 subscriber is one caller."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.caller import address_of

PROXY, PERSON, LIAR = "10.0.0.1", "203.0.113.7", "198.51.100.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "hops", "caller"),
    [
        (PERSON, "", 0, PERSON),
        (PERSON, LIAR, 0, PERSON),
        (PROXY, PERSON, 1, PERSON),
        (PROXY, f"{LIAR}, {PERSON}", 1, PERSON),
        (PROXY, f"{LIAR},{PERSON}, 10.0.0.2", 2, PERSON),
        (PROXY, f"{PERSON}:4711", 1, PERSON),
        (PROXY, "", 1, PROXY),
        (PROXY, f"{LIAR}, nonsense", 1, PROXY),
        (PROXY, PERSON, 2, PERSON),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "", 0, "2001:db8:1:3::/64"),
        (PROXY, "[2001:db8:1:2::9]:443", 1, "2001:db8:1:2::/64"),
        (f"::ffff:{PERSON}", "", 0, PERSON),
        ("fe80::1%eth0", "", 0, "fe80::/64"),
        ("", "", 0, ""),
    ],
)
def test_a_call_counts_for_the_address_that_our_own_proxies_heard(
    peer: str, forwarded: str, hops: int, caller: str
) -> None:
    assert address_of(peer, forwarded, hops) == caller


@given(written=st.text(max_size=80), hops=st.integers(1, 3))
def test_nobody_chooses_whose_call_it_is_by_what_they_write_themselves(written: str, hops: int) -> None:
    real = ",".join([PERSON, "10.0.0.3", "10.0.0.2"][:hops])
    assert address_of(PROXY, f"{written},{real}", hops) == PERSON
