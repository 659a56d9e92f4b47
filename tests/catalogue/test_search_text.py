"""The words of the search are the same whoever else searches at that moment."""

from concurrent.futures import ThreadPoolExecutor
from sys import getswitchinterval, setswitchinterval

from bot.catalogue.search_text import stem

WORDS = [
    f"{start}{middle}{end}"
    for start in ("dec", "nat", "oper")
    for middle in ("lar", "isat")
    for end in ("ations", "ement")
]


def test_searches_side_by_side_find_the_same_stems() -> None:
    alone = [stem.__wrapped__(word) for word in WORDS]
    before = getswitchinterval()
    setswitchinterval(1e-6)  # threads change places as often as they can
    try:
        with ThreadPoolExecutor(8) as threads:
            together = list(threads.map(lambda _: [stem.__wrapped__(word) for word in WORDS], range(200)))
    finally:
        setswitchinterval(before)
    assert all(stems == alone for stems in together)
