"""The register of failure modes (AMDEC, FMEA): what can fail, how grave, how often, how hard to notice.

Priority number = severity x occurrence x detection, each from 1 to 10 (IEC 60812). Severity and detection are judged by
the office; occurrence is measured, from the signals of the log, and never typed in. The grades of occurrence are those
of the AIAG FMEA manual, 4th edition (one in ten or more: 10 … one in a million: 2, never: 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import delete, insert, select

from bot.db import Database, now
from bot.errors import NotFound, Unprocessable
from bot.improvement.tables import FailureModeRow
from bot.privacy.masking import mask
from bot.satisfaction.totals import Cell

FILE = Path(__file__).with_name("failure_modes.yml")
OCCURRENCE = ((1 / 10, 10), (1 / 20, 9), (1 / 50, 8), (1 / 100, 7), (1 / 500, 6), (1 / 2000, 5), (1 / 10_000, 4),
              (1 / 100_000, 3), (0.0, 2))  # fmt: skip
"""The least rate of each grade."""


@dataclass(frozen=True)
class Mode:
    """A failure mode.

    Attributes:
        signal: the dimension whose sum counts it.
        of: the dimension whose number it is compared with; "" for that of the signal itself.
        severity: 1 (not noticed) to 10 (danger), as first judged.
        detection: 1 (noticed at once) to 10 (never noticed), as first judged.
        name, effect, control: by language.
    """

    id: str
    signal: str
    of: str
    severity: int
    detection: int
    name: Mapping[str, str]
    effect: Mapping[str, str]
    control: Mapping[str, str]


@dataclass(frozen=True)
class Judgement:
    """How the office judges a mode, and what it does to notice it."""

    severity: int
    detection: int
    control: str


@dataclass(frozen=True)
class Line:
    """A line of the register.

    Attributes:
        count: how often it was seen, of `n` occasions.
        rate: count by n; None without occasions.
        occurrence: the grade of the rate; None without occasions.
        priority: severity x occurrence x detection; None without occasions.
    """

    mode: Mode
    severity: int
    detection: int
    control: str
    count: float
    n: int
    rate: float | None
    occurrence: int | None
    priority: int | None


@cache
def modes() -> dict[str, Mode]:
    """Return the failure modes, by name."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: Mode(id=name, **{"of": "", **each}) for name, each in content.items()}


def occurrence_grade(rate: float) -> int:
    """Return the grade of a rate.

    Example:
        3 late answers of 40 are 0.075, at least one in twenty: 9.
    """
    return next(grade for least, grade in OCCURRENCE if rate >= least) if rate > 0 else 1


def register(cells: Sequence[Cell], judged: Mapping[str, Judgement], language: str) -> list[Line]:
    """Return the register, the greatest priority first and what cannot be measured yet last.

    Args:
        cells: what was counted in the span.
        judged: the judgements of the office, by mode; the others stand as they came.
        language: of what is said to notice a mode.
    """
    lines = []
    for mode in modes().values():
        own = [cell for cell in cells if cell.dimension == mode.signal and cell.side == "citizen"]
        count = sum(cell.total for cell in own) if not mode.of else float(sum(cell.n for cell in own))
        n = sum(cell.n for cell in (cells if mode.of else own) if not mode.of or cell.dimension == mode.of)
        judgement = judged.get(mode.id) or Judgement(mode.severity, mode.detection, mode.control[language])
        rate = min(1.0, count / n) if n else None
        grade = occurrence_grade(rate) if rate is not None else None
        priority = judgement.severity * grade * judgement.detection if grade is not None else None
        lines.append(
            Line(mode, judgement.severity, judgement.detection, judgement.control, count, n, rate, grade, priority)
        )
    return sorted(lines, key=lambda line: -(line.priority or 0))


class FailureModes:
    """The judgements of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def judged(self) -> dict[str, Judgement]:
        """Return what the office judged, by mode."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(FailureModeRow))
            return {row.id: Judgement(row.severity, row.detection, row.control) for row in rows}

    async def judge(self, mode: str, judgement: Judgement, by: str) -> None:
        """Keep how the office judges a mode, in place of what it judged before.

        Raises:
            NotFound: there is no such mode.
            Unprocessable: a grade is not from 1 to 10.
        """
        if mode not in modes():
            raise NotFound("There is no such failure mode.", code="unknown-mode")
        if not (1 <= judgement.severity <= 10 and 1 <= judgement.detection <= 10):
            raise Unprocessable("A grade is from 1 to 10.", code="bad-grade", field="severity")
        values = {
            "id": mode,
            "severity": judgement.severity,
            "detection": judgement.detection,
            "control": mask(judgement.control).text[:500],
            "by": by[:80],
            "at": now(),
        }
        async with self._database.writing() as session:
            await session.execute(delete(FailureModeRow).where(FailureModeRow.id == mode))
            await session.execute(insert(FailureModeRow).values(values))
