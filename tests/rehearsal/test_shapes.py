"""Production's shapes, each deployed from nothing and released once, where there is no network but loopback.

A new process each, so that several are played side by side; the templates of all of them are synthesized by one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from greenlight import cdk
from greenlight.processes.owner import Processes
from greenlight.project import CHECKOUT
from greenlight.rehearsal.rehearsal import planned
from tests.rehearsal.shapes.catalog import SHAPES, order
from tests.rehearsal.shapes.cut_off import CUT_OFF, TRIED, is_possible

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(600)]

SIDE_BY_SIDE = 2


@pytest.fixture(scope="module")
def alone() -> list[str]:
    """What comes before a command to cut it off; nothing on a machine that does not allow that."""
    return CUT_OFF if is_possible() else []


@pytest.fixture(scope="module")
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, alone: list[str]
) -> Iterator[Mapping[str, Future[str]]]:
    """Every shape as it is played: what it says when it could not be, or nothing."""
    folder, names = tmp_path_factory.mktemp("shapes"), _chosen(request.session)
    with Processes() as processes, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        processes.start(
            [*alone, sys.executable, "-m", "greenlight.rehearsal.synthesizer", *_plans(names, folder)],
            environment=cdk.environment(),
            folder=CHECKOUT,
            output=folder / "synthesis.log",
        )

        def play(name: str) -> str:
            command = [*alone, sys.executable, "-m", "tests.rehearsal.shapes", name, str(folder)]
            ended = processes.run(command, environment=os.environ, folder=CHECKOUT)
            return ended.errors.decode() if ended.exit_code else _verdict(folder / name)

        yield {name: pool.submit(play, name) for name in names}


def _chosen(session: pytest.Session) -> list[str]:
    """The shapes whose tests run: with -k, these alone are played."""
    cases = [item.callspec for item in session.items if hasattr(item, "callspec")]
    asked = {case.params.get("name") for case in cases}
    return [name for name in SHAPES if name in asked]


def _plans(names: Sequence[str], folder: Path) -> list[str]:
    plans = []
    for name in names:
        asked = order(name, folder)
        asked.place.assembly("").mkdir(parents=True)
        file = folder / f"{name}.plan.json"
        planned(asked).write(file, asked.place.assembly)
        plans.append(str(file))
    return plans


def _verdict(place: Path) -> str:
    report: dict[str, Any] = json.loads((place / "report.json").read_text())
    return "; ".join(f"{act['name']}: {act['reason']}" for act in report["acts"] if act["verdict"] != "pass")


def _case(name: str) -> Any:
    """The strict shapes have far more to deploy: `make systems` plays them, `make test` the others."""
    return pytest.param(name, marks=pytest.mark.long) if SHAPES[name].get("security") == "strict" else name


@pytest.mark.parametrize("name", [_case(name) for name in SHAPES])
def test_a_shape_deploys_and_releases(name: str, played: Mapping[str, Future[str]]) -> None:
    assert played[name].result() == ""


def test_with_production_and_staging_of_test_release_there_are_ten_on_both_computes() -> None:
    computes = ["ec2", "ec2", *(settings["compute"] for settings in SHAPES.values())]

    assert len(computes) >= 10
    assert min(computes.count("ec2"), computes.count("fargate")) >= 4


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.com"])
def test_who_is_cut_off_reaches_nothing_but_loopback_and_is_told_on(host: str, alone: list[str]) -> None:
    if not alone:
        pytest.skip("this machine allows no user namespaces: the shapes were played with a network")
    try_it = (
        f"import contextlib, socket\nwith contextlib.suppress(OSError): socket.create_connection(({host!r}, 443), 3)"
    )

    tried = subprocess.run([*alone, sys.executable, "-c", try_it], cwd=CHECKOUT, capture_output=True, check=False)

    assert tried.returncode == TRIED
    assert b"tried to reach another address than 127.0.0.1" in tried.stderr


def test_who_is_cut_off_still_has_this_machine(alone: list[str]) -> None:
    here = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"

    assert not subprocess.run([*alone, sys.executable, "-c", here], cwd=CHECKOUT, check=False).returncode
