"""Seeded generator of messages that carry one piece of personal data each.

`generate(kind, count, seed)` gives the same cases for the same arguments. The values are drawn, with their real check
digits, then written as people write them: with or without separators, in capitals, without accents.
"""

import random
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers
from stdnum import luhn
from stdnum.fr import nif, nir
from stdnum.iso7064 import mod_97_10

from tests.privacy import carriers
from tests.privacy import vocabulary as words


@dataclass(frozen=True)
class Case:
    """One message: its text, the secret in it, and the kind of mask that is expected."""

    text: str
    secret: str
    kind: str


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def join(rng: random.Random, parts: list[str], separators: str = " |.|-||") -> str:
    return rng.choice(separators.split("|")).join(parts)


UNITS = words.listed("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize")
TENS = {
    2: "vingt",
    3: "trente",
    4: "quarante",
    5: "cinquante",
    6: "soixante",
    7: "soixante",
    8: "quatre-vingt",
    9: "quatre-vingt",
}


def spell(number: int) -> str:
    """Write a number from 0 to 99 in French words."""
    if number < 17:
        return UNITS[number]
    if number < 20:
        return "dix-" + UNITS[number - 10]
    ten, unit = divmod(number, 10)
    if ten in (7, 9):
        unit += 10
    if unit == 0:
        return TENS[ten]
    if unit in (1, 11) and ten < 8:
        return f"{TENS[ten]} et {UNITS[unit]}"
    return f"{TENS[ten]}-{UNITS[unit] if unit < 17 else 'dix-' + UNITS[unit - 10]}"


def email(rng: random.Random) -> str:
    first, last = rng.choice(words.FIRST).lower(), rng.choice(words.LAST).lower()
    first, last = ("".join(c for c in bare(x) if c.isalnum()) for x in (first, last))
    sep = rng.choice([".", "", "_", "-"])
    local = rng.choice(
        [first + sep + last, last + first[0], first + digits(rng, 2), f"{first}{sep}{last}{digits(rng, 2)}"]
    )
    host, tld = rng.choice(["gmail.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "hotmail.co.uk"]).split(
        ".", 1
    )
    style = rng.randrange(8)
    if style == 0:
        return f"{first} point {last} arobase {host} point {tld.replace('.', ' point ')}"
    if style == 1:
        return f"{local} (at) {host}.{tld}"
    if style == 2:
        return f"{local} @ {host}.{tld}"
    if style == 3:
        return rng.choice(
            [f"{local}[at]{host}[dot]{tld}", f"{local} arobase {host}.{tld}", f"{local} at {host} dot {tld}"]
        )
    if style == 4:
        return f"{local}@{host}.{tld}".upper()
    return f"{local}@{host}.{tld}"


def phone(rng: random.Random) -> str:
    style = rng.randrange(8)
    if style == 0:
        region = rng.choice(
            ["DE", "BE", "MA", "DZ", "TN", "GB", "ES", "IT", "SN", "CH", "PT", "RE", "GP", "US", "CM", "PL"]
        )
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        shape = rng.choice([phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164])
        written = phonenumbers.format_number(number, shape)
        return written.replace("+", "00") if rng.random() < 0.3 else written
    pairs = ["0" + rng.choice("12345679")] + [digits(rng, 2) for _ in range(4)]
    if style == 1:
        head = rng.choice(["+33 ", "+33", "0033", "0033 ", "+33 (0)", "+33(0) ", "(+33) ", "33 "])
        return head + pairs[0][1] + join(rng, ["", *pairs[1:]], " |.||")
    if style == 2:
        words = [f"zéro {spell(int(pairs[0]))}"] + [
            spell(int(p)) if p[0] != "0" else f"zéro {spell(int(p))}" for p in pairs[1:]
        ]
        return join(rng, words, " |, | ").replace("-", rng.choice("- "))
    if style == 3:
        return join(rng, pairs, " - |/|_| / |  |. ")
    if style == 4:
        return rng.choice([f"{''.join(pairs[:2])} {''.join(pairs[2:])}", f"{pairs[0]} {''.join(pairs[1:])}"])
    return join(rng, pairs)


def social(rng: random.Random) -> str:
    department = rng.choice(["75", "13", "93", "2A", "2B", "99", "69", "971"[:2]])
    parts = [
        rng.choice("12"),
        digits(rng, 2),
        f"{rng.randint(1, 12):02}",
        department,
        f"{rng.randint(1, 499):03}",
        f"{rng.randint(1, 899):03}",
    ]
    if rng.random() < 0.7:
        parts.append(nir.calc_check_digits("".join(parts)))
    written = join(rng, parts, " ||.| |-")
    return written.lower() if rng.random() < 0.2 else written


def iban(rng: random.Random) -> str:
    country, length = rng.choice([("FR", 23)] * 6 + [("DE", 18), ("BE", 12), ("ES", 20), ("PT", 21), ("LU", 16)])
    account = digits(rng, length)
    if country == "FR" and rng.random() < 0.4:
        account = account[:15] + rng.choice(string.ascii_uppercase) + account[16:]
    compact = country + mod_97_10.calc_check_digits(account + country) + account
    groups = [compact[i : i + 4] for i in range(0, len(compact), 4)]
    written = join(rng, groups, " || |-| ")
    return written.lower() if rng.random() < 0.3 else written


def card(rng: random.Random) -> str:
    start, length = rng.choice(
        [("4", 16), ("4", 16), ("4", 13), ("51", 16), ("37", 15), ("6759", 19), ("36", 14), ("5", 16)]
    )
    number = start + digits(rng, length - len(start) - 1)
    number += luhn.calc_check_digit(number)
    if length == 15:
        return join(rng, [number[:4], number[4:10], number[10:]], " ||-")
    return join(rng, [number[i : i + 4] for i in range(0, length, 4)], " ||-|.")


def fiscal(rng: random.Random) -> str:
    base = rng.choice("0123") + digits(rng, 9)
    base += nif.calc_check_digits(base)
    return rng.choice([base, nif.format(base), " ".join([base[:1], base[1:4], base[4:7], base[7:10], base[10:]])])


def allocataire(rng: random.Random) -> str:
    number, letter = digits(rng, 7), rng.choice(string.ascii_uppercase)
    return rng.choice(
        [
            number,
            number + letter,
            f"{number} {letter}",
            number + letter.lower(),
            f"{number[:1]} {number[1:4]} {number[4:]}",
        ]
    )


def plate(rng: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTVWXYZ"
    two = ["".join(rng.choice(letters) for _ in range(2)) for _ in range(2)]
    if rng.random() < 0.65:
        written = join(rng, [two[0], digits(rng, 3), two[1]], "-| |-|")
    else:
        middle = "".join(rng.choice(letters) for _ in range(rng.choice([2, 2, 3])))
        written = join(
            rng, [str(rng.randint(10, 9999)), middle, rng.choice(["75", "13", "59", "2A", "06", "93"])], " |-|"
        )
    return written.lower() if rng.random() < 0.25 else written


def siret(rng: random.Random) -> str:
    siren = digits(rng, 8).replace("0", "4", 1)
    siren += luhn.calc_check_digit(siren)
    nic = siren + "000" + rng.choice("123456789")
    full = nic + luhn.calc_check_digit(nic)
    return rng.choice([full, " ".join([full[:3], full[3:6], full[6:9], full[9:]]), f"{full[:9]} {full[9:]}"])


def address(rng: random.Random) -> str:
    number = str(rng.randint(1, 250)) + rng.choice(["", "", "", "", " bis", "bis", " ter", "B", " A"])
    street = f"{number}{rng.choice([' ', ' ', ', '])}{rng.choice(words.STREETS)} {rng.choice(words.PLACES)}"
    style = rng.randrange(10)
    if style == 0:
        street = f"lieu-dit {rng.choice(['Le Moulin', 'La Grange', 'Kerbihan', 'Les Quatre Vents'])}"
    if style == 1:
        flat, building = rng.choice(["appt", "appartement", "Apt"]), rng.choice(["bât", "bâtiment", "bat"])
        street = f"{flat} {rng.randint(1, 40)} {building} {rng.choice('ABC')}, {street}"
    if style == 2:
        street += rng.choice([", BP 123", ", bât B", ", appt 12", " escalier 3"])
    if rng.random() < 0.5:
        street += rng.choice([" ", ", ", " - ", "\n"]) + rng.choice(words.COMMUNES)
    return street


def birth(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1935, 2024)
    name, english, short = words.MONTHS[month - 1], words.ENGLISH[month - 1], f"{year % 100:02}"
    numbers = [f"{day:02}/{month:02}/{year}", f"{day}-{month}-{year}", f"{day}.{month:02}.{short}"]
    compact = [f"{year}-{month:02}-{day:02}", f"{day:02}{month:02}{year}"]
    spelled = [f"{day} {name} {year}"] * 2 + [f"1er {name} {year}", f"{day} {name} {short}", f"{english} {day}, {year}"]
    return rng.choice([*numbers, numbers[0], f"{day} {month} {year}", *compact, *spelled])


def link(rng: random.Random) -> str:
    host = rng.choice(
        [
            "https://www.caf.fr",
            "https://ants.gouv.fr",
            "http://compte.exemple.fr",
            "www.ameli.fr",
            "https://guichet.ville.fr",
        ]
    )
    token = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(rng.choice([12, 24, 40])))
    return host + rng.choice(
        [
            f"/valider?token={token}",
            f"/?id={digits(rng, 8)}&code={token}",
            f"/reset/{token * 2}",
            f"/suivi#access_token={token}",
            f"/a/b.php?s={token}",
        ]
    )


def first_name(rng: random.Random) -> str:
    return rng.choice(words.FIRST)


def full_name(rng: random.Random) -> str:
    first, last = rng.choice(words.FIRST), rng.choice(words.LAST)
    return rng.choice(
        [last, f"{first} {last}", f"{first} {last}", f"{last.upper()} {first}", f"{first} {last.upper()}"]
    )


SECRETS: dict[str, Callable[[random.Random], str]] = {
    "e-mail": email,
    "téléphone": phone,
    "NIR": social,
    "IBAN": iban,
    "carte bancaire": card,
    "numéro fiscal": fiscal,
    "numéro d'allocataire": allocataire,
    "plaque": plate,
    "SIRET": siret,
    "adresse": address,
    "date de naissance": birth,
    "lien": link,
    "nom": full_name,
    "prénom": first_name,
}
# What nothing around it announces cannot be told from other words: these kinds only come in their own sentences.
ANNOUNCED = {"numéro d'allocataire", "date de naissance", "nom", "prénom"}
CASED = {"lien", "plaque", "e-mail", "IBAN"}


def bare(text: str) -> str:
    """Drop the accents of a text."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def generate(kind: str, count: int, seed: int = 0) -> list[Case]:
    """Draw `count` messages that carry one `kind` of data each ("prénom" is a first name, to be masked as "nom")."""
    rng = random.Random(f"{kind}-{seed}")
    sentences = carriers.CARRIERS[kind] * 3 + ([] if kind in ANNOUNCED else carriers.ANY)
    cases = []
    for _ in range(count):
        secret, carrier = SECRETS[kind](rng), rng.choice(sentences)
        if kind == "plaque" and carrier in carriers.ANY:
            secret = secret.upper()  # a plate in lower case, without a word about a vehicle, is not claimed to be found
        changes: list[Callable[[str], str]] = [bare] if rng.random() < 0.25 else []
        if kind not in CASED and rng.random() < 0.35:
            changes.append(rng.choice([str.lower, str.lower, str.upper]))
        for change in changes:
            secret, carrier = change(secret), change(carrier)
        cases.append(Case(carrier.format(secret), secret, "nom" if kind == "prénom" else kind))
    return cases
