"""A small directory of offices in DILA's JSON, written for the tests: towns, namesakes, a department, an agency."""

import json
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def office(number: int, name: str, kind: str, insee: str, postcode: str, town: str, **more: Any) -> Record:
    """Return an entry of the directory as the file has it."""
    return {
        "id": f"office-{number}",
        "nom": name,
        "pivot": [{"type_service_local": kind, "code_insee_commune": [insee]}],
        "code_insee_commune": insee,
        "adresse": [
            {
                "type_adresse": "Adresse",
                "numero_voie": f"{number} place du Marché",
                "code_postal": postcode,
                "nom_commune": town,
            }
        ],
        "telephone": [{"valeur": f"02 99 00 00 {number:02}", "description": ""}],
        "adresse_courriel": [],
        "site_internet": [],
        "plage_ouverture": [],
        "date_modification": "15/09/2026 08:00:00",
        **more,
    }


def day(first: str, last: str, *hours: str) -> Record:
    """Return a line of opening hours; `hours` are "09:00" alone or in pairs."""
    times = [*(f"{hour}:00" for hour in hours), "", "", "", ""]
    names = ("valeur_heure_debut_1", "valeur_heure_fin_1", "valeur_heure_debut_2", "valeur_heure_fin_2")
    return {"nom_jour_debut": first, "nom_jour_fin": last, "commentaire": "", **dict(zip(names, times, strict=False))}


WEEK = [day(name, name, "08:30", "12:00", "13:30", "17:00") for name in ("Lundi", "Mardi", "Mercredi", "Jeudi")]
RECORDS: list[Record] = [
    office(
        1,
        "Mairie - Vitré",
        "mairie",
        "35360",
        "35500",
        "Vitré",
        plage_ouverture=[*WEEK, day("Samedi", "Samedi", "09:00", "12:00")],
    ),
    office(2, "Mairie déléguée - La Chapelle", "mairie", "35360", "35500", "Vitré"),
    office(3, "Mairie - Rennes", "mairie", "35238", "35000", "Rennes"),
    office(4, "Mairie - Saint-Denis", "mairie", "93066", "93200", "Saint-Denis"),
    office(5, "Mairie - Saint-Denis", "mairie", "97411", "97400", "Saint-Denis"),
    office(6, "Mairie - Le Mans", "mairie", "72181", "72000", "Le Mans"),
    office(7, "Mairie - Saint-Étienne", "mairie", "42218", "42000", "Saint-Étienne"),
    office(8, "Mairie - Paris", "mairie", "75056", "75004", "Paris"),
    office(9, "Mairie - Balazé", "mairie", "35015", "35500", "Balazé"),
    office(10, "Préfecture - Ille-et-Vilaine", "prefecture", "35238", "35000", "Rennes"),
    office(11, "Caisse d'allocations familiales (CAF) d'Ille-et-Vilaine", "caf", "35238", "35000", "Rennes"),
    office(12, "Mairie - Ville", "mairie", "60680", "60400", "Ville"),
    {"id": "ministry", "nom": "Ministère", "pivot": []},
    {
        "commune": "not used",
        "code_insee_commune": "35360",
        "nom": "Vitré",
        "type_service_local": [{"code_type_service_local": "caf", "organisme": ["office-11", "gone"]}],
    },
]


def write(path: Path, records: list[Record] | None = None) -> Path:
    """Write a directory as DILA's file has it and return its path."""
    path.write_text(
        json.dumps({"service": RECORDS if records is None else records}, ensure_ascii=False), encoding="utf-8"
    )
    return path
