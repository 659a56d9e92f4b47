"""Every parser of ours, with what is thrown at it and the errors by which it may refuse; anything else is a fault.

What is thrown is part noise and part real input that was damaged: cut, doubled, mixed, with signs put in between.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from hypothesis import strategies as st

from bot.accounts.model import Account, Role
from bot.catalogue.fiches_lines import read_lines
from bot.catalogue.fiches_xml import read_publication
from bot.catalogue.form import FieldType
from bot.catalogue.load import Catalogue, load_catalogue
from bot.catalogue.offices_record import read_record
from bot.catalogue.offices_source import records
from bot.conversations.hours import read_hours
from bot.conversations.spool import Spool
from bot.errors import GuichetError, InvalidInput, Misconfigured, Unprocessable
from bot.learning.nlu_file import read_nlu
from bot.privacy.encryption import Cipher
from bot.privacy.identifiers import is_identifier, site_of
from bot.privacy.masking import mask
from bot.requests.dates import find_date, find_month
from bot.requests.fields import read_answer
from bot.requests.files_check import examine
from bot.requests.invalid import InvalidAnswer
from bot.requests.listing import _decode
from bot.requests.periods import find_period
from bot.requests.reference import find_access_code, find_reference, hide_access_codes
from bot.satisfaction.verbatims_file import read_verbatims
from bot.understanding.ages import find_ages
from bot.understanding.details import details
from bot.web.caller import address_of
from bot.web.console.filters import FIELDS, read_filter
from tests.requests.made_up import field_of
from tests.requests.samples import PDF, photo

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 14)
CIPHER = Cipher(Fernet.generate_key().decode())
WORDS = st.sampled_from(
    [
        *"le du au 1er 31 29 février février 2024 mardi prochain dans 3 semaines hier 12/05/1980 1980-05-12".split(),
        *"quatorze juillet né le ans mois bébé GU-7K3M-9QXD 4821-7730 06.12.34.56.78 +33 (0)6 FR76 3000".split(),
        *"1 rue de la Paix 75011 Paris 35000 Rennes camille@exemple.fr 1 84 05 75 123 456 42 1.450,50 € 18".split(),
        *": ; / - _ . , ' \" [ ] ( ) { } < > & # \\".split(),
        *(" ", "\x00", "\n", "\u202f"),
    ]
)
MANY = st.lists(WORDS, max_size=15)
TEXTS = st.one_of(st.text(max_size=200), MANY.map(" ".join), MANY.map("".join))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@dataclass(frozen=True)
class Parser:
    """A parser: what is thrown at it, how it is called, and the errors by which it may refuse."""

    thrown: st.SearchStrategy[Any]
    call: Callable[[Any], object]
    refuses: tuple[type[Exception], ...] = ()


def damaged(*samples: bytes) -> st.SearchStrategy[bytes]:
    """Return what samples become when they are cut, doubled, or get other signs in between; and plain noise."""

    @st.composite
    def spoil(draw: st.DrawFn) -> bytes:
        content = bytearray(draw(st.sampled_from(samples)))
        for _ in range(draw(st.integers(0, 4))):
            place = draw(st.integers(0, len(content)))
            end = min(len(content), place + draw(st.integers(0, 40)))
            content[place:end] = draw(st.one_of(st.binary(max_size=12), st.just(bytes(content[place:end]) * 3)))
        return bytes(content)

    return st.one_of(spoil(), st.binary(max_size=300))


def _in_a_file(read: Callable[[Path], object], name: str) -> Callable[[bytes], None]:
    def call(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            read(path)

    return call


@cache
def _catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data")


def _masked(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once, "what is masked stays as it is"
    assert once.count("\n") == text.count("\n")


def _code_is_hidden(text: str) -> None:
    find_reference(text)
    if find_access_code(text):
        assert find_access_code(hide_access_codes(text)) is None


def _dates(text: str) -> None:
    for side in ("any", "past", "future"):
        find_date(text, TODAY, side=side)
        find_month(text, TODAY, side)
        find_period(text, TODAY, side=side)
    find_ages(text, TODAY)
    list(details(text, TODAY))


def _answers(thrown: tuple[FieldType, str]) -> None:
    kind, text = thrown
    read_answer(field_of(kind), text, TODAY)


def _spool(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder), CIPHER, 100_000)
        (Path(folder) / "waiting").write_bytes(content)
        spool.conversations()
        offset = 0
        while True:
            lines, after = spool.read(offset)
            if after == offset:
                break
            for line in lines:
                spool.entry(line)
            offset = after
        spool.append("c1", {"kind": "turn"})
        assert spool.of("c1")[-1] == {"kind": "turn"}, "whatever was there, what is written now is read again"


def _spool_sample() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder), CIPHER, 100_000)
        for number in range(3):
            spool.append(f"c{number}", {"kind": "turn", "number": number})
        return (Path(folder) / "waiting").read_bytes()


def _service(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "services").mkdir()
        (Path(folder) / "administrations.yml").write_bytes((ROOT / "data" / "administrations.yml").read_bytes())
        (Path(folder) / "services" / "passport.yml").write_bytes(content)
        load_catalogue(Path(folder))


def _zipped(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "offices.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("offices.json", content)
        return path.read_bytes()


def _account() -> Account:
    return Account("1", "camille", "Camille", Role.AGENT)


FICHE = """<?xml version="1.0" encoding="UTF-8"?><Publication ID="F1" type="Fiche" spUrl="https://www.example.org/F1">
<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Passeport</dc:title><Introduction><Texte><Paragraphe>Pour
<LienInterne LienPublication="F2">partir</LienInterne>.</Paragraphe></Texte></Introduction><ListeSituations><Situation>
<Titre>Majeur</Titre><Texte><Chapitre><Titre><Paragraphe>Prix</Paragraphe></Titre><Liste type="puce"><Item>
<Paragraphe>86 €</Paragraphe></Item></Liste></Chapitre></Texte></Situation></ListeSituations></Publication>""".encode()
OFFICE = {
    "id": "a-1",
    "nom": "Mairie - Rennes",
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["35238"]}],
    "code_insee_commune": "35238",
    "adresse": [{"type_adresse": "Adresse", "numero_voie": "1 place", "code_postal": "35000", "nom_commune": "Rennes"}],
    "plage_ouverture": [{"nom_jour_debut": "lundi", "nom_jour_fin": "vendredi", "valeur_heure_debut_1": "09:00:00"}],
    "telephone": [{"valeur": "02 23 62 10 10"}],
    "date_modification": "05/11/2026 10:00:00",
}
OFFICES = json.dumps({"service": [OFFICE, OFFICE]}).encode()
NLU = b"""nlu:
- intent: ask_price
  metadata:
    service: passport
  examples: |
    - combien
    - [ici](place)
"""
VERBATIMS = b'texte;note\n"C\'est long ; trop long";2\n"Tr\xc3\xa8s bien",5\n'
PASSPORT = (ROOT / "data" / "services" / "passport.yml").read_bytes()
RECORDS = st.dictionaries(
    st.sampled_from([*OFFICE, "type_service_local"]), JSON | st.sampled_from(list(OFFICE.values()))
)
FILTERS = st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=6)

PARSERS = {
    "answers to fields": Parser(
        st.tuples(st.sampled_from([kind for kind in FieldType if kind is not FieldType.FILE]), TEXTS),
        _answers,
        (InvalidAnswer,),
    ),
    "ages, dates, periods": Parser(TEXTS, _dates),
    "references and codes": Parser(TEXTS, _code_is_hidden),
    "masking": Parser(TEXTS, _masked),
    "identifiers and origins": Parser(TEXTS, lambda text: (is_identifier(text), site_of(text))),
    "addresses of callers": Parser(
        st.tuples(TEXTS, TEXTS, st.integers(0, 3)), lambda thrown: address_of(thrown[0], thrown[1], thrown[2])
    ),
    "types of files": Parser(
        st.tuples(damaged(PDF, photo(), b"\0\0\0\x18ftypheic", b"RIFF....WEBPVP8 "), TEXTS),
        lambda thrown: examine(*thrown),
        (Unprocessable,),
    ),
    "training examples (NLU)": Parser(damaged(NLU), _in_a_file(read_nlu, "nlu.yml"), (InvalidInput,)),
    "fiches (DILA XML)": Parser(damaged(FICHE), read_publication, (InvalidInput,)),
    "fiches (lines)": Parser(
        damaged(b'{"id": "F1", "title": "Passeport", "text": "86 euros", "url": "https://x.example/F1"}\n' * 2),
        _in_a_file(lambda path: list(read_lines(path)), "fiches.jsonl"),
        (InvalidInput,),
    ),
    "offices (records)": Parser(JSON | RECORDS, read_record),
    "offices (files)": Parser(
        damaged(OFFICES, _zipped(OFFICES)),
        _in_a_file(lambda path: list(records(path, lambda *_: None)), "offices.json"),
        (InvalidInput,),
    ),
    "offices (archives)": Parser(
        damaged(_zipped(OFFICES)),
        _in_a_file(lambda path: list(records(path, lambda *_: None)), "offices.zip"),
        (InvalidInput,),
    ),
    "catalogue": Parser(damaged(PASSPORT), _service, (Misconfigured,)),
    "verbatims (CSV)": Parser(damaged(VERBATIMS), _in_a_file(read_verbatims, "v.csv"), (InvalidInput,)),
    "verbatims (lines)": Parser(
        damaged(b'{"text": "Bien", "tone": "positive"}\n' * 3), _in_a_file(read_verbatims, "v.jsonl"), (InvalidInput,)
    ),
    "spool": Parser(damaged(_spool_sample()), _spool, (GuichetError,)),
    "filters of conversations": Parser(
        FILTERS, lambda query: read_filter(query, _account(), _catalogue(), "Europe/Paris").query
    ),
    "pages of requests": Parser(TEXTS, _decode, (InvalidInput,)),
    "opening hours": Parser(
        st.tuples(TEXTS | st.just("mon-fri 09:00-12:00"), TEXTS),
        lambda t: read_hours(*t, "Europe/Paris"),
        (Misconfigured,),
    ),
}
