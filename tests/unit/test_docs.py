"""The documents keep up with the code: what can be set, typed and found is in them, and their links lead somewhere."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from greenlight.cli import commands as main
from greenlight.rehearsal.report.result import ActResult, Phase, RehearsalReport
from greenlight.rehearsal.report.timeline import Timeline
from stacks.options.secret import SecretSettings
from stacks.options.table import TableSettings
from stacks.reference import SECTIONS, own_fields, reference
from stacks.settings import ServiceSettings, Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "services").glob("*/README.md")),
]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()

TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
STATES = json.loads((ROOT / "lambda" / "traffic_switch" / "switch.asl.json").read_text())["States"]
PACKAGES = ("stacks", "constructs", "lambda", "greenlight", "services", "tests", "bench", "docs")

LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED_PATH = re.compile(rf"`((?:{'|'.join(PACKAGES)})/[\w./-]*)`")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home|Users|root|tmp/\w)")
BRITISH = re.compile(r"\b\w*(?:colour|behaviour|judg[e]ment|licence|catalogue|[a-z]{3}isation)\w*", re.IGNORECASE)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(document: Path) -> str:
    """The document without its code blocks."""
    return re.sub(r"^ *```.*?^ *```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """The headings' ids as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def options(command: click.Command) -> list[str]:
    """The long name of every option of a command."""
    return [name for option in command.params for name in option.opts if name.startswith("--")]


def test_the_tables_of_settings_are_those_that_the_models_print() -> None:
    _, _, rest = OPERATIONS.partition("<!-- settings -->")
    written, end, _ = rest.partition("<!-- /settings -->")

    assert end
    assert written.strip() == reference(), "run `python -m stacks.reference` and put what it prints between the markers"


def test_every_setting_is_in_one_table() -> None:
    listed = [name for model in SECTIONS.values() for name in own_fields(model)]

    assert sorted(listed) == sorted(
        [
            *Settings.model_fields,
            *ServiceSettings.model_fields,
            *TableSettings.model_fields,
            *SecretSettings.model_fields,
        ]
    )


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_documented(target: str) -> None:
    assert f"| `make {target}` |" in OPERATIONS


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_documented_with_its_options(command: str) -> None:
    missing = [name for name in options(main.commands[command]) if f"`{name}" not in OPERATIONS]

    assert re.search(rf"\*\*`greenlight {command}\b", OPERATIONS)
    assert not missing


def test_every_key_of_the_report_is_documented() -> None:
    models = (RehearsalReport, ActResult, Phase, Timeline)
    keys = {field.name for model in models for field in fields(model)} | {"verdict"}
    _, _, schema = OPERATIONS.partition("### report.json")

    assert not [key for key in sorted(keys) if f"`{key}`" not in schema]


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_state_of_the_machine_is_in_the_picture(state: str) -> None:
    assert re.search(rf"--> {state}\b", ARCHITECTURE)


def test_the_picture_of_the_machine_has_every_choice() -> None:
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)", ARCHITECTURE.partition("stateDiagram-v2")[2], re.MULTILINE))
    choices = {
        (name, each["Next"]) for name, state in STATES.items() for each in [*state.get("Choices", []), state]
        if "Next" in each
    }  # fmt: skip

    assert choices <= drawn


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    dead = []
    for link in LINK.findall(prose(document)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)

    assert not dead


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_path_that_is_named_is_there(document: Path) -> None:
    named = NAMED_PATH.findall(document.read_text())

    assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_no_document_knows_the_machine_it_was_written_on(document: Path) -> None:
    assert not MACHINE_PATH.findall(document.read_text())


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_documents_are_in_american_spelling(document: Path) -> None:
    assert not BRITISH.findall(document.read_text().replace(reference(), ""))


def test_each_decision_has_a_number_of_its_own_and_begins_with_it() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [file.name[:4] for file in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    assert not [file.name for file in decisions if not file.read_text().startswith(f"# {file.name[:4]}: ")]
