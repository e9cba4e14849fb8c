"""The shop and the report released at once, the report broken: the act on both computes."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from greenlight.rehearsal.acts.repertoire import REPERTOIRE
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, rehearse
from greenlight.rehearsal.versions import Cast
from tests.two_services import shop_and_report

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(600), pytest.mark.long]


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_a_broken_report_leaves_the_shop_alone(compute: str, tmp_path: Path) -> None:
    order = Order(
        compute=compute,
        acts=[act for act in REPERTOIRE if act.name == "two-services"],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        config=ConfigFile(Path("two.json"), shop_and_report()),
        place=Place(tmp_path),
    )

    with Progress(Console(quiet=True)) as progress:
        (played,) = rehearse(order, progress).acts

    assert played.passed, played.reason
    assert (played.failed_requests, played.live_after) == (0, "green 2.0.0")
