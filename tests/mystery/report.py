"""What a run tells: a table for the terminal, and a page with every transcript, the worst first."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tests.mystery.grid import failures, scores
from tests.mystery.score import LEAST, Line, by_criterion, by_door, by_language, by_situation, passed, worst_first
from tests.mystery.transcript import Exchange, Record

HERE = Path(__file__).parent


def as_text(records: list[Record]) -> str:
    """Return the figures as lines of a terminal."""
    parts = [f"{passed(records)} of {len(records)} visits pass."]
    for title, lines in _tables(records):
        parts += ["", title, *(_line(line) for line in lines)]
    failing = [record for record in worst_first(records) if failures(record)]
    parts += ["", "Failing", *(f"  {each.visit.name}: {', '.join(failures(each))}" for each in failing)]
    return "\n".join(parts)


def write_html(records: list[Record], path: Path, seconds: float) -> Path:
    """Write the page and return its path."""
    template = Environment(loader=FileSystemLoader(HERE), autoescape=True).get_template("report.html")
    page = template.render(
        records=worst_first(records),
        passed=passed(records),
        tables=_tables(records),
        failures=failures,
        scores=scores,
        expected=_expected,
        seconds=round(seconds),
        when=datetime.now().strftime("%Y-%m-%d %H:%M"),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def _tables(records: list[Record]) -> list[tuple[str, list[Line]]]:
    return [
        ("By criterion", by_criterion(records)),
        ("Passing by situation", by_situation(records)),
        ("Passing by door", by_door(records)),
        ("Passing by language", by_language(records)),
    ]


def _line(line: Line) -> str:
    low = "  <" if line.mean < LEAST else ""
    return f"  {line.name:<18} {line.visits:>4}  {line.mean:.3f}{low}"


def _expected(record: Record, exchange: Exchange) -> str:
    wanted = record.visit.steps[exchange.step].expect.model_dump(exclude_defaults=True)
    return "; ".join(f"{name} {value}" for name, value in wanted.items()) or "no more than courtesy"
