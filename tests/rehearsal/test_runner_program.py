"""Programs: how a service is started is read from its own folder, and a commit from git."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.runner.catalog import VersionCatalog, VersionEntry
from greenlight.rehearsal.runner.errors import ProgramError, VersionError
from greenlight.rehearsal.runner.launch import launch_command
from greenlight.rehearsal.runner.log import BoundedLog
from greenlight.rehearsal.runner.program import Program, read_program
from greenlight.rehearsal.runner.source import Sources

DOCKERFILE = """
# the build stage is not what runs
FROM node:24 AS build
ENV NODE_ENV=development
CMD ["npm", "run", "dev"]

FROM node:24-slim AS base
ENV NODE_ENV=production \\
    GREETING="good morning"

FROM base
STOPSIGNAL SIGINT
CMD ["node", "src/server.js"]
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / {"dockerfile": "Dockerfile", "manifest": "package.json"}[name]).write_text(content)
    return folder


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(("git", "-C", str(folder), *identity, *arguments), check=True, capture_output=True)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-m", message)


def head(folder: Path) -> str:
    found = subprocess.run(("git", "-C", str(folder), "rev-parse", "HEAD"), check=True, capture_output=True, text=True)
    return found.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose shop says 'tagged' in v1 and 'today' in the working tree."""
    folder = tmp_path / "checkout"
    shop = folder / "services" / "shop"
    shop.mkdir(parents=True)
    git(folder, "init", "--initial-branch=main")
    (shop / "words").write_text("tagged")
    commit(folder, "first")
    git(folder, "tag", "v1")
    (shop / "words").write_text("today")
    return folder


def test_the_dockerfile_says_what_runs(tmp_path: Path) -> None:
    program = read_program(write(tmp_path, dockerfile=DOCKERFILE))

    expected = {"NODE_ENV": "production", "GREETING": "good morning"}
    assert program == Program(("node", "src/server.js"), expected, signal.SIGINT)


def test_a_command_in_shell_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="shell form"):
        read_program(write(tmp_path, dockerfile="FROM node:24\nCMD node server.js\n"))


def test_without_a_dockerfile_the_start_script_runs(tmp_path: Path) -> None:
    manifest = json.dumps({"main": "index.js", "scripts": {"start": "node src/server.js"}})

    assert read_program(write(tmp_path, manifest=manifest)).command == ("node", "src/server.js")


def test_without_a_start_script_main_runs(tmp_path: Path) -> None:
    assert read_program(write(tmp_path, manifest='{"main": "index.js"}')).command == ("node", "index.js")


def test_missing_dependencies_are_named_with_the_command_that_installs_them(tmp_path: Path) -> None:
    folder = write(tmp_path, manifest='{"main": "index.js", "dependencies": {"express": "5"}}')

    with pytest.raises(ProgramError, match="npm ci"):
        read_program(folder)


def test_missing_packages_of_python_are_named_with_the_command_that_installs_them(tmp_path: Path) -> None:
    folder = write(tmp_path, dockerfile='FROM python:3.14-slim\nENTRYPOINT ["/app/venv/bin/gunicorn"]\n')
    (folder / "requirements.txt").write_text("flask==3.1.3\n")

    with pytest.raises(ProgramError, match=r"has no \.venv: run `make setup`"):
        read_program(folder)


def test_a_python_service_without_a_lock_is_told_to_have_one(tmp_path: Path) -> None:
    folder = write(tmp_path, dockerfile='FROM python:3.14-slim\nENTRYPOINT ["/app/venv/bin/gunicorn"]\n')

    with pytest.raises(ProgramError, match=r"has no \.venv, .* give it a requirements\.txt"):
        read_program(folder)


@pytest.mark.parametrize("command", [("node", "server.js"), ("/app/venv/bin/gunicorn",)])
def test_an_unknown_fault_is_refused_with_those_that_exist(command: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="errors, slow, unhealthy"):
        launch_command(Program(command), ["lazy"], tmp_path)


def test_a_runtime_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="'java': the rehearsal can start 'node' and 'gunicorn'"):
        launch_command(Program(("java", "-jar", "shop.jar")), [], tmp_path)


def test_a_commit_is_run_from_its_own_files_and_anything_else_from_the_working_tree(
    checkout: Path, tmp_path: Path, processes: Processes
) -> None:
    sources = Sources(checkout, tmp_path / "exports", processes)

    assert (sources.folder("services/shop", head(checkout)) / "words").read_text() == "tagged"
    assert (sources.folder("services/shop") / "words").read_text() == "today"


def test_install_scripts_of_a_commits_packages_do_not_run(checkout: Path, tmp_path: Path, processes: Processes) -> None:
    shop = checkout / "services" / "shop"
    script = {"name": "shop", "version": "1.0.0", "scripts": {"postinstall": f"touch {tmp_path}/intruder"}}
    lock = {"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": {"": script}}
    (shop / "package.json").write_text(json.dumps(script))
    (shop / "package-lock.json").write_text(json.dumps(lock))
    commit(checkout, "scripted")

    folder = Sources(checkout, tmp_path / "exports", processes).folder("services/shop", head(checkout))

    assert (folder / "package.json").is_file()
    assert not (tmp_path / "intruder").exists()


def test_an_exported_version_uses_the_dependencies_of_the_same_lock_file(
    checkout: Path, tmp_path: Path, processes: Processes
) -> None:
    shop = checkout / "services" / "shop"
    (shop / "package-lock.json").write_text("{}")
    commit(checkout, "locked")
    (shop / "node_modules").mkdir()

    folder = Sources(checkout, tmp_path / "exports", processes).folder("services/shop", head(checkout))

    assert (folder / "node_modules").resolve() == shop / "node_modules"


@pytest.mark.parametrize(("today", "is_the_same"), [("# nothing\n", True), ("# something\n", False)])
def test_an_exported_version_in_python_uses_the_packages_of_the_same_lock_and_else_its_own(
    checkout: Path, tmp_path: Path, processes: Processes, today: str, is_the_same: bool
) -> None:
    shop = checkout / "services" / "shop"
    (shop / "requirements.txt").write_text("# nothing\n")
    commit(checkout, "locked")
    (shop / "requirements.txt").write_text(today)
    (shop / ".venv").mkdir()

    folder = Sources(checkout, tmp_path / "exports", processes).folder("services/shop", head(checkout))

    assert (folder / ".venv").is_symlink() == is_the_same
    assert (folder / ".venv" / "bin" / "python").is_file() != is_the_same


def test_a_commit_without_the_service_is_named(checkout: Path, tmp_path: Path, processes: Processes) -> None:
    with pytest.raises(VersionError, match="has no services/report"):
        Sources(checkout, tmp_path / "exports", processes).folder("services/report", head(checkout))


def test_a_service_without_a_folder_is_named(checkout: Path, tmp_path: Path, processes: Processes) -> None:
    with pytest.raises(VersionError, match="no folder services/report"):
        Sources(checkout, tmp_path / "exports", processes).folder("services/report")


def test_two_services_may_share_one_source(tmp_path: Path) -> None:
    catalog = VersionCatalog(tmp_path / "versions.json")
    catalog.write({"search": "services/shop"}, {})

    assert catalog.source("search") == catalog.source("shop") == "services/shop"


def test_a_version_has_its_own_faults_and_no_others(tmp_path: Path) -> None:
    catalog = VersionCatalog(tmp_path / "versions.json")
    catalog.write(
        {},
        {
            ("shop", "v2"): VersionEntry(("unhealthy",)),
            ("shop", "v3"): VersionEntry(("errors",)),
            ("search", "v2"): VersionEntry(("slow",)),
        },
    )

    assert catalog.entry("shop", "v2").faults == ("unhealthy",)


def test_a_version_that_the_catalog_does_not_know_is_the_working_tree_without_faults(tmp_path: Path) -> None:
    assert VersionCatalog(tmp_path / "versions.json").entry("shop", "v1") == VersionEntry()


def test_a_log_over_its_limit_is_cut_once_and_goes_on(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "shop.log", limit_bytes=10)
    with log.open() as file:
        file.write(b"more than ten bytes\n")
        log.bound()
        file.write(b"next\n")

    assert log.tail() == "next\n"
