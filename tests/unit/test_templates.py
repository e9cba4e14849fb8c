from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from traffic_switch.contract import GUARD_RESOURCE_TYPE, RELEASE_RESOURCE_TYPE, Color

from greenlight import templates
from greenlight.errors import ProjectError
from greenlight.templates import Asked


def template(kind: str, **properties: Any) -> dict[str, Any]:
    return {
        "Resources": {
            "Other": {"Type": kind, "Properties": {"Service": "report", "Attempt": 9}},
            "ShopRequest": {"Type": kind, "Properties": {"Service": "shop", **properties}},
            "Bare": {"Type": kind},
        }
    }


@pytest.mark.parametrize("attempt", [3, "3"])
def test_what_a_service_asks_for_is_read_from_its_own_resource(attempt: object) -> None:
    found = template(RELEASE_RESOURCE_TYPE, Color="green", Version="2.0.0", Attempt=attempt)

    assert templates.asked(found, "shop") == Asked("ShopRequest", "green", "2.0.0", 3)


def test_a_service_that_the_stack_does_not_have_asks_for_nothing() -> None:
    assert templates.asked(template(RELEASE_RESOURCE_TYPE), "cart") is None
    assert templates.asked({}, "shop") is None


@pytest.mark.parametrize("properties", [{}, {"Attempt": "x"}, {"Attempt": None}])
def test_an_attempt_that_is_no_number_is_none(properties: dict[str, Any]) -> None:
    assert templates.attempt_of(properties) == 0


def test_the_guard_says_what_both_colors_were_deployed_with() -> None:
    found = template(GUARD_RESOURCE_TYPE, BlueVersion="1.0.0", GreenVersion="2.0.0")

    assert templates.versions(found, "shop") == {Color.BLUE: "1.0.0", Color.GREEN: "2.0.0"}


def test_without_a_guard_nobody_knows_what_was_deployed() -> None:
    assert templates.versions({}, "shop") == {}


def test_an_assembly_without_the_stack_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"S\.template\.json cannot be read .*: --app takes a folder"):
        templates.synthesized(tmp_path, "S")


def test_an_assembly_holds_the_templates_of_its_stacks(tmp_path: Path) -> None:
    (tmp_path / "S.template.json").write_text(json.dumps({"Resources": {}}))

    assert templates.synthesized(tmp_path, "S") == {"Resources": {}}
