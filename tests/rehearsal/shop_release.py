"""The code of the shop's last release, out of git, beside the one that is being worked on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from greenlight.cdk import NODE
from greenlight.project import CHECKOUT
from tests.rehearsal.shop_process import SHOP

FIRST_RELEASE = "c7fca5ea7e72f326f3bf672377f1866cb712b650"
"""The commit that counts as released until a tag names a later version: it has accounts and orders, and its forms of
the checkout do not confirm each line yet."""
VERSION = re.compile(r"^v?\d+\.\d+\.\d+$")
FOLDER = "services/shop"
INSTALL_SECONDS = 240


def last_release() -> str:
    """Return the newest tag of a version before the commit that is checked out, or the first release.

    Skips the test where git does not have it: a shallow checkout, or no repository.
    """
    if not _asked("rev-parse", "--verify", "--quiet", f"{FIRST_RELEASE}^{{commit}}"):
        pytest.skip(
            f"git does not have the shop's release before this one, {FIRST_RELEASE[:12]}: fetch the whole history"
        )
    tags = _asked("tag", "--merged", "HEAD^", "--contains", FIRST_RELEASE, "--sort=-creatordate").split()
    return next((tag for tag in tags if VERSION.match(tag)), FIRST_RELEASE)


def released_shop(folder: Path) -> Path:
    """Unpack the shop of the last release into a folder, with what it depends on, and return where it is."""
    archive = subprocess.run(
        ["git", "archive", last_release(), FOLDER], cwd=CHECKOUT, check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")
    source = folder / FOLDER
    if _locked(source).items() <= _locked(SHOP).items():
        (source / "node_modules").symlink_to(SHOP / "node_modules")
    else:
        _install(source)
    return source


def _locked(source: Path) -> dict[str, str]:
    """What is installed for running a shop: where, and by which digest."""
    packages: dict[str, dict[str, Any]] = json.loads((source / "package-lock.json").read_text())["packages"]
    return {path: each["integrity"] for path, each in packages.items() if path and not each.get("dev")}


def _install(source: Path) -> None:
    npm = [str(NODE.with_name("npm")), "ci", "--omit=dev", "--silent"]
    path = os.pathsep.join((str(NODE.parent), os.environ["PATH"]))
    subprocess.run(npm, cwd=source, check=True, timeout=INSTALL_SECONDS, env={**os.environ, "PATH": path})


def _asked(*words: str) -> str:
    """What git says; nothing when it refuses or is not there."""
    try:
        return subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""
