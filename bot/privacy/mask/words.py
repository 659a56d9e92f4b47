"""The word lists that the finders of names and addresses read."""

from importlib.resources import files


def _load(name: str) -> frozenset[str]:
    """Read a list of words: any number a line, `#` begins a comment."""
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def listed(words: str) -> frozenset[str]:
    """Return the words of a string that spaces separate."""
    return frozenset(words.split())


FIRST_NAMES = _load("first_names.txt")
FUNCTION_WORDS = _load("function_words.txt")
COMMON_WORDS = FUNCTION_WORDS | _load("common_words.txt")

MONTH = (
    "janvier|janv|january|jan|fevrier|fevr?|february|feb|mars|march|avril|april|avr|apr|mai|may|juin|june|jun|juillet|juil|july|jul|"
    "aout|august|aug|septembre|september|sept|octobre|october|oct|novembre|november|nov|decembre|december|dec"
)
# Numbers in words, French then English; hyphens and "et" come between them.
NUMBER_WORD = (
    "zero|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
    "quarante|cinquante|soixante|septante|octante|huitante|nonante|one|two|three|four|five|seven|eight|nine|oh|double"
)
