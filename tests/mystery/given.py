"""Requests that exist before a visit: the office's software files them, as at a counter of flesh and blood."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.mystery.doors.office import Software
from tests.mystery.visit import Given
from tests.service import Service

HOLDER = "Hortense Vauquelin-Darrieux"
MAIL = "h.vauquelin@exemple.fr"
STREET = "9 rue du Puits-Doré, 35000 Rennes"
SOON = date.today() + timedelta(days=20)
ANSWERS: dict[str, dict[str, str]] = {
    "birth-certificate": {
        "copy_type": "Extrait sans filiation",
        "relation": "C'est le mien",
        "birth_name": "Vauquelin-Darrieux",
        "given_names": "Hortense",
        "birth_date": "11/05/1979",
        "birth_commune": "Rennes",
        "address": STREET,
        "email": MAIL,
    },
    "street-problem": {
        "kind": "Éclairage (lampadaire)",
        "place": STREET,
        "description": "Le lampadaire devant le porche ne s'allume plus.",
        "danger": "non",
    },
    "bulky-waste": {
        "items": "Matelas ou sommier",
        "quantity": "2",
        "wished_date": SOON.strftime("%d/%m/%Y"),
        "address": STREET,
        "phone": "06 12 34 11 22",
    },
    "waste-bin": {
        "kind": "Réparer un bac cassé",
        "colour": "Tri (emballages, papier)",
        "address": STREET,
        "email": MAIL,
    },
}
LATE_BY = timedelta(days=9)


class NotGiven(Exception):
    """The request that a visit needs could not be made."""


async def give(software: Software, service: Service, wanted: Given) -> dict[str, str]:
    """File the request, bring it to its state, and return what opens it.

    Raises:
        NotGiven: the office's software was refused.
    """
    body = {"service": wanted.service, "answers": ANSWERS[wanted.service]}
    case = await _call(software, "/requests", body)
    path = f"/requests/{case['reference']}"
    if wanted.message:
        await _call(software, f"{path}/messages", {"text": wanted.message})
    if wanted.state in ("under_examination", "accepted", "refused", "closed"):
        await _call(software, f"{path}/state", {"state": "under_examination"})
    if wanted.state == "to_complete":
        items = wanted.items or [{"problem": "wrong", "field": "birth_date", "note": "Relisez la date."}]
        await _call(software, f"{path}/completion", {"items": items})
    if wanted.state in ("accepted", "refused", "closed"):
        await _call(software, f"{path}/state", {"state": wanted.state, "reason": wanted.reason or "Dossier vu."})
    if wanted.late:
        _make_late(service, case["reference"])
    return {"reference": case["reference"], "code": case["access_code"]}


async def _call(software: Software, path: str, body: Any) -> dict[str, Any]:
    status, came = await software.call("POST", path, body)
    if status >= 300:
        raise NotGiven(f"POST {path} {body}: {status} {came}")
    return dict(came)


def _make_late(service: Service, reference: str) -> None:
    """Time cannot be waited for: the announced date is moved into the past."""
    due = (datetime.now(UTC) - LATE_BY).replace(tzinfo=None).isoformat(sep=" ")
    connection = sqlite3.connect(service.data_dir / "guichet.db", timeout=10)
    with connection:
        connection.execute("UPDATE requests SET due_at = ? WHERE reference = ?", (due, reference))
    connection.close()
