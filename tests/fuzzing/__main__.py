"""`python -m tests.fuzzing`: many more cases than the tests throw, and how many were tried at each parser."""

import argparse
from time import perf_counter

from .parsers import PARSERS
from .test_parsers import thrown_at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000, help="cases thrown at each parser")
    parser.add_argument("only", nargs="*", help="names of parsers; all of them when left out")
    options = parser.parse_args()
    whole = 0
    for name in options.only or PARSERS:
        begun = perf_counter()
        tried = thrown_at(PARSERS[name], options.cases)
        whole += tried
        print(f"{name}: {tried} cases in {perf_counter() - begun:.0f} s, no fault", flush=True)  # noqa: T201
    print(f"{whole} cases in all")  # noqa: T201


if __name__ == "__main__":
    main()
