"""What an operator copies: the files of deployment are well-formed, complete, and say what the code does."""

import configparser
import json
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import PREFIX, Settings
from bot.web.metrics import GAUGES, Metrics
from tests.conftest import ROOT

DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "deploy").glob("guichet*.*"))


def example() -> str:
    """Return `.env.example` as it must be: `python -m tests.test_deploy > .env.example` renews it."""
    lines = [
        "# Every setting with its default; take the # away from what you change. docs/settings.md explains them.",
        "# It becomes .env of compose.yml, or /etc/guichet/guichet.env of the systemd unit: readable by root only.",
    ]
    for setting in fields(Settings):
        lines += ["", f"# {setting.metadata['help']}", f"#{PREFIX}{setting.name.upper()}={setting.default}"]
    return "\n".join(lines) + "\n"


def test_the_example_of_settings_holds_each_with_its_default() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example()


def _compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8"))
    return loaded


def test_the_containers_have_no_root_and_write_nowhere_but_in_their_volumes() -> None:
    services = _compose()["services"]
    assert services["guichet"]["user"] == "10001:10001"
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["healthcheck"]["test"][0] == "CMD"
    assert services["guichet"]["ports"] == ["127.0.0.1:8080:8080"], "only the proxy of this machine reaches it"
    assert "ports" not in services["postgres"]


def test_the_embedded_profile_needs_no_other_server() -> None:
    services = _compose()["services"]
    assert [name for name, service in services.items() if "profiles" not in service] == ["guichet"]
    assert services["postgres"]["profiles"] == ["postgres"]
    assert services["guichet"]["depends_on"]["postgres"]["required"] is False


def test_images_are_pinned_by_version() -> None:
    containerfile = (ROOT / "Containerfile").read_text(encoding="utf-8")
    images = [*re.findall(r"^FROM (\S+)", containerfile, re.M), _compose()["services"]["postgres"]["image"]]
    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []
    assert re.search(r"^USER 10001:10001$", containerfile, re.M)


def test_what_the_containerfile_copies_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Containerfile").read_text(encoding="utf-8"), re.M)
    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("variable", ["compose.yml", "Containerfile", "deploy/guichet.service", "docs/operations.md"])
def test_no_setting_is_named_that_does_not_exist(variable: str) -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)\b", (ROOT / variable).read_text(encoding="utf-8")))
    settings = {each.name.upper() for each in fields(Settings)}
    # Any of them may lie in a file.
    assert named - settings - {f"{name}_FILE" for name in settings} == set()


@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_the_units_are_hardened(unit: Any) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, encoding="utf-8")
    service = parser["Service"]
    assert service["User"] == "guichet"
    assert service["ProtectSystem"] == "strict"
    for name in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictSUIDSGID"):
        assert service[name] == "yes"


def test_a_command_by_hand_has_the_account_and_the_places_of_the_unit() -> None:
    command = (ROOT / "deploy" / "guichet").read_text(encoding="utf-8")
    unit = (ROOT / "deploy" / "guichet.service").read_text(encoding="utf-8")
    given = re.findall(r"^Environment=(.+)$", unit, re.M)
    assert {each for line in given for each in line.split()} - set(re.findall(r"\b[A-Z_]+=[^\s=]+", command)) == set()
    assert "--reuid=guichet --regid=guichet" in command
    assert subprocess.run(["sh", "-n", ROOT / "deploy" / "guichet"], check=False).returncode == 0


def test_systemd_understands_the_units() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, timeout=60, check=False
    )
    # The command itself is not installed where the tests run.
    assert [line for line in done.stderr.splitlines() if "guichet" in line and "is not executable" not in line] == []


def test_the_proxies_write_anew_who_asks_and_keep_the_figures_inside() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert "X-Forwarded-For   $remote_addr" in nginx
    assert "location = /metrics { return 404; }" in nginx
    assert nginx.count("{") == nginx.count("}")
    caddy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "respond @figures 404" in caddy
    assert caddy.count("{") == caddy.count("}")


def _names() -> set[str]:
    """Return every metric that the gateway offers, as Prometheus calls its series."""
    metrics = Metrics()
    metrics.served("GET", "/health", 200, 0.01)
    metrics.refused("slow-down")
    metrics.message("answered")
    metrics.job("purge", done=True)
    text = metrics.text(dict.fromkeys(GAUGES, 1.0), "model.tar.gz")
    return {re.split(r"[{ ]", line)[0] for line in text.splitlines() if not line.startswith("#")}


def _alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((ROOT / "docs" / "operations" / "alerts.yml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = [rule for group in rules["groups"] for rule in group["rules"]]
    return found


def test_each_metric_of_the_alerts_exists() -> None:
    named = {name for rule in _alerts() for name in re.findall(r"\b(?:guichet|process)_[a-z_]+", rule["expr"])}
    assert named
    assert named - _names() == set()


def test_each_alert_says_what_to_do_where_the_documentation_has_it() -> None:
    for rule in _alerts():
        assert {"alert", "expr", "labels", "annotations"} <= set(rule)
        for heading in re.findall(r'See "([^"]+)"', rule["annotations"]["description"]):
            assert re.search(rf"^###? {re.escape(heading)}$", DOCS, re.M), heading


def test_each_metric_is_documented_and_none_that_does_not_exist() -> None:
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in _names() if name.startswith("guichet_")}
    documented = set(re.findall(r"^\| `(guichet_[a-z_]+)", DOCS, re.M))
    assert documented == families


def test_the_list_of_components_names_all_of_the_lock(tmp_path: Path) -> None:
    command = re.search(
        r"@\.venv/bin/(cyclonedx-py environment .*?--output-file) ", (ROOT / "Makefile").read_text(), re.S
    )
    assert command
    words = command[1].replace("\\\n", " ").replace("$(PYTHON)", sys.executable).split()
    done = subprocess.run(
        [Path(sys.executable).with_name(words[0]), *words[1:], tmp_path / "sbom.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    has = {(_plain(each["name"]), each.get("version")) for each in listed["components"]}
    lock = re.findall(r"^([\w.-]+)(?:\[.*\])?==([^ ]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M)
    assert lock
    assert {(_plain(name), version) for name, version in lock} - has == set()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    print(example(), end="")  # noqa: T201 - what the command is for
