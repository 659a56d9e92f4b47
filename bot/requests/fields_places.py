"""Answers that are places: a postal address, a commune.

No list of communes is shipped: an address and a commune are checked by their form, and put into the form that the post
office writes. A postcode alone does not name a commune (many share one), so its name is asked for.
"""

import re
from datetime import date

from bot.catalogue.form import RequestField
from bot.requests.fields_words import SHORT_TEXT
from bot.requests.invalid import InvalidAnswer
from bot.words import fold

POSTCODE = re.compile(r"(?<![\d/-])(?:F-? ?)?((?:0[1-9]|[1-8]\d|9[0-5]|97|98) ?\d{3})(?![\d/])")
"""A French postcode: department 01 to 95 (Corsica is 20), 97 and 98 overseas."""
_FIVE_FIGURES = re.compile(r"(?<!\d)\d{2} ?\d{3}(?!\d)")
_NO_PLACE = re.compile(r"[<>{}\\|^`$=*#@]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LETTER = re.compile(r"[^\W\d_]")
# In a town these have numbers, so that one without is most often left out; a lane or a hamlet may have none.
_NUMBERED = re.compile(r"\b(rue|avenue|boulevard|bd|street|road)\b")
_NO_NUMBER = re.compile(r"\b(sans numero|s/n|no number)\b")
_SMALL = set("a au aux d de des du en et l la le les lez sous sur".split())
_LED_BY = re.compile(r"^(?:(?:je suis |elle est |il est |i was )?(?:née?|born) )?(?:à|in|at) +(?=\w)", re.IGNORECASE)
_SEVERAL = re.compile(r"\s(?:ou|or)\s|\s?/\s?")
_BOROUGHS = {"75": ("Paris", 20), "69": ("Lyon", 9), "13": ("Marseille", 16)}


def read_address(field: RequestField, text: str, today: date) -> str:
    """Return the address on one line, with its postcode and its town as the field wants them."""
    address = re.sub(r"(\s*,)+\s*", ", ", " ".join(text.replace("\n", ", ").split())).strip(" ,.")
    if len(address) > SHORT_TEXT:
        raise InvalidAnswer("too_long", limit=SHORT_TEXT)
    if _NO_PLACE.search(address):
        raise InvalidAnswer("address_signs")
    words = len(_WORD.findall(address))
    if words < 2 or not (re.search(r"\d", address) or (field.place == "spot" and words > 2)):
        raise InvalidAnswer("address")
    if field.place == "spot":
        return address
    postcodes = list(POSTCODE.finditer(address))
    if field.place == "any" and "," in address and not (postcodes and _is_plain(address, postcodes[-1])):
        return address  # abroad: every country has its own order, and the citizen knows it
    if not postcodes:
        raise InvalidAnswer("address_postcode")
    return _french(address, postcodes[-1])


def _is_plain(address: str, postcode: re.Match[str]) -> bool:
    """Return whether a town follows the postcode, as in France."""
    return bool(_LETTER.search(address[postcode.end() :]))


def _french(address: str, postcode: re.Match[str]) -> str:
    street, town = address[: postcode.start()].strip(" ,-("), address[postcode.end() :].strip(" ,-.)")
    if not _LETTER.search(town) or fold(town) == "france":
        # "12 rue des Lilas, Rennes 35000": the town comes before.
        country = f", {town}" if town else ""
        street, _, town = street.rpartition(",")
        street, town = street.strip(), town.strip() + country
        if not _LETTER.search(town) or not street:
            raise InvalidAnswer("address_town", postcode=postcode[1])
    if not _WORD.search(street):
        raise InvalidAnswer("address_street")
    folded = fold(street)
    if _NUMBERED.search(folded) and not re.search(r"\d", street) and not _NO_NUMBER.search(folded):
        raise InvalidAnswer("address_number")
    return f"{street}, {postcode[1].replace(' ', '')} {town}"


def read_commune(field: RequestField, text: str, today: date) -> str:
    """Return the name of the commune, with its postcode when it was given: "Rennes (35000)"."""
    commune = _LED_BY.sub("", " ".join(text.split())).strip(" .,")
    if len(commune) > 100 or not re.fullmatch(r"[\w'’\-., ()/]+", commune):
        raise InvalidAnswer("commune")
    postcode = POSTCODE.search(commune)
    figures = _FIVE_FIGURES.search(commune)
    if figures and not postcode:
        raise InvalidAnswer("commune")
    name = (commune[: postcode.start()] + commune[postcode.end() :] if postcode else commune).strip(" ,.()-")
    if not postcode and not _LETTER.search(name):
        raise InvalidAnswer("commune")
    if _SEVERAL.search(name):
        raise InvalidAnswer("commune_several")
    if not postcode:
        return _named(commune)
    code = postcode[1].replace(" ", "")
    if not _LETTER.search(name):
        name = _borough(code)
    return f"{_named(name)} ({code})"


def _borough(postcode: str) -> str:
    """Return the name of the commune of a postcode, where the postcode itself tells it."""
    city, boroughs = _BOROUGHS.get(postcode[:2], ("", 0))
    number = 16 if postcode == "75116" else int(postcode[2:])
    if not 1 <= number <= boroughs:
        raise InvalidAnswer("commune_which", postcode=postcode)
    return f"{city} 1er" if number == 1 else f"{city} {number}e"


def _named(name: str) -> str:
    """Return a name with its capitals, when it was typed without or with nothing else."""
    name = re.sub(r"\b([Ss])t(e?)\b\.?[ -]", r"\1aint\2-", name, flags=re.IGNORECASE)
    if name != name.lower() and name != name.upper():
        return name
    pieces = re.split(r"([ '’()-])", name.lower())
    return "".join(
        piece if index and piece in _SMALL and pieces[index - 1] == "-" else piece.capitalize()
        for index, piece in enumerate(pieces)
    )
