"""Versions as they are asked for: git's code runs only when it is asked for by that word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from greenlight import cli
from greenlight.commands import rehearse
from greenlight.errors import RehearsalError
from greenlight.rehearsal.refs import VersionAsked, asked
from greenlight.rehearsal.rehearsal import Order
from greenlight.rehearsal.runner.catalog import CATALOG_FILE, VersionCatalog
from greenlight.rehearsal.versions import Cast, write_catalog
from stacks.settings import Settings

IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    command = ("git", "-C", str(folder), *IDENTITY, *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the tag 1.0.0 and the branch feature/cart."""
    git(tmp_path, "init", "--initial-branch=main")
    git(tmp_path, "commit", "--allow-empty", "-m", "first")
    git(tmp_path, "tag", "1.0.0")
    git(tmp_path, "branch", "feature/cart")
    return tmp_path


def test_a_tag_of_the_versions_name_does_not_replace_the_working_tree(checkout: Path) -> None:
    found = asked("1.0.0", checkout)

    assert (found.version, found.commit) == ("1.0.0", "")
    assert "1.0.0 is run from the working tree; git:1.0.0 would be commit" in found.note


def test_a_version_that_git_does_not_know_is_the_working_tree_without_a_word(checkout: Path) -> None:
    assert asked("2.0.0", checkout) == VersionAsked("2.0.0")


@pytest.mark.parametrize(("text", "version"), [("git:1.0.0", "1.0.0"), ("git:feature/cart", "feature-cart")])
def test_a_ref_is_a_commit_and_says_which(checkout: Path, text: str, version: str) -> None:
    commit = git(checkout, "rev-parse", "HEAD")

    assert asked(text, checkout) == VersionAsked(version, commit, f"{version} is run from commit {commit[:12]}, {text}")


@pytest.mark.parametrize("text", ["git:", "git:v9", "git:--all", "git:HEAD:file"])
def test_a_ref_that_git_does_not_know_is_refused(checkout: Path, text: str) -> None:
    with pytest.raises(RehearsalError, match="git knows no commit"):
        asked(text, checkout)


def test_what_each_version_is_run_from_is_said_before_it_runs(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(checkout, "tag", "next")
    commit, ordered = git(checkout, "rev-parse", "HEAD"), list[Order]()

    def run(order: Order, *_: object) -> None:
        ordered.append(order)
        raise RehearsalError("noted")

    monkeypatch.setattr(rehearse, "run", run)
    monkeypatch.setattr(rehearse, "CHECKOUT", checkout)
    monkeypatch.setattr(sys, "argv", ["greenlight", "rehearse", "--live", "1.0.0", "--next", "git:next"])
    with pytest.raises(SystemExit):
        cli.main()

    said = " ".join(capsys.readouterr().out.split())
    assert ordered[0].cast == Cast("1.0.0", "next", "", commit)
    assert "1.0.0 is run from the working tree" in said
    assert f"next is run from commit {commit[:12]}, git:next" in said


def test_the_runner_learns_the_commit_of_what_was_asked_for_as_one_and_of_nothing_else(tmp_path: Path) -> None:
    shop = {"blue_version": "1", "green_version": "1", "source": "services/shop"}
    services = Settings.from_context({"services": {"shop": shop}}).services

    write_catalog(tmp_path, services, Cast("1.0.0", "2.0.0", "", "c0ffee"))

    catalog = VersionCatalog(tmp_path / CATALOG_FILE)
    found = {each: catalog.entry("shop", each).commit for each in ("1.0.0", "2.0.0", "2.0.0-errors", "2.0.0-unhealthy")}
    assert found == {"1.0.0": "", "2.0.0": "c0ffee", "2.0.0-errors": "c0ffee", "2.0.0-unhealthy": "c0ffee"}


def test_outside_of_a_repository_versions_are_the_working_tree(tmp_path: Path) -> None:
    assert asked("1.0.0", tmp_path) == VersionAsked("1.0.0")
