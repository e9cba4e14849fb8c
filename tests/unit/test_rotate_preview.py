"""`greenlight rotate-preview`: one command, and no value in what it says."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from greenlight.deployed import ROTATING, Deployed
from greenlight.errors import RotationError
from tests.unit.operator_world import Desk, seated


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return seated(tmp_path, monkeypatch)


DONE = {"rotated": ["shop-blue", "shop-green"], "refused": "", "old_until": "2027-01-15T08:30:00Z"}
REFUSED = {"rotated": [], "refused": "rotated at 08:00:00 UTC", "old_until": ""}


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any, **reply: Any) -> list[dict[str, Any]]:
    """Let Lambda answer so, and note how it is called."""
    calls: list[dict[str, Any]] = []

    class Lambda:
        def invoke(self, **given: Any) -> dict[str, Any]:
            calls.append(given)
            return {"Payload": io.BytesIO(json.dumps(answer).encode()), **reply}

    monkeypatch.setattr(boto3, "client", lambda service, config: Lambda() if config is ROTATING else None)
    return calls


def deployed(**more: str) -> Deployed:
    found = Deployed()
    found.edge.__dict__["outputs"] = {"PreviewFunctionName": "GreenlightEdge-PreviewKeys", **more}
    return found


def test_it_says_what_was_rotated_and_how_long_the_old_values_are_valid(desk: Desk) -> None:
    desk.deployed.rotations = [DONE]

    code, said = desk.type("rotate-preview")

    assert code == 0
    assert "rotated: shop-blue, shop-green" in said
    assert "valid until 2027-01-15T08:30:00Z" in said


def test_a_refused_rotation_is_one_line(desk: Desk) -> None:
    desk.deployed.rotations = [REFUSED]

    code, said = desk.type("rotate-preview")

    assert (code, said) == (1, "Error: rotated at 08:00:00 UTC\n")


def test_when_one_of_two_is_refused_the_other_is_told_as_done(desk: Desk) -> None:
    desk.deployed.rotations = [DONE, REFUSED]

    code, said = desk.type("rotate-preview")

    assert code == 1
    assert "rotated: shop-blue, shop-green" in said
    assert "Error: rotated at 08:00:00 UTC" in said


def test_the_secrets_of_people_are_rotated_too(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = answering(monkeypatch, {"rotated": ["shop-blue"], "refused": "", "old_until": ""})

    assert len(list(deployed(PeoplePreviewFunctionName="of-people").rotate_preview())) == 2
    assert [each["FunctionName"] for each in calls] == ["GreenlightEdge-PreviewKeys", "of-people"]


def test_the_function_of_the_edge_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = answering(monkeypatch, {"rotated": ["shop-blue"], "refused": "", "old_until": ""})

    assert [each["rotated"] for each in deployed().rotate_preview()] == [["shop-blue"]]
    assert calls == [{"FunctionName": "GreenlightEdge-PreviewKeys", "Payload": b'{"rotate": true}'}]
    assert vars(ROTATING)["_user_provided_options"]["retries"] == {"total_max_attempts": 1}


def test_a_function_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, {"errorMessage": "somebody else changed it"}, FunctionError="Unhandled")

    with pytest.raises(RotationError, match="was not rotated: somebody else changed it"):
        list(deployed().rotate_preview())
