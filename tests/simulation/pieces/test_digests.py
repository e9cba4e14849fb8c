"""The digest of what goes live: from the guard's memory into the record, the smoke test's words, and what is live."""

from __future__ import annotations

import pytest

from tests.simulation.pieces.asking import PROPERTIES, event, sent
from tests.simulation.pieces.workbench import RELEASE, Workbench

DIGEST = f"sha256:{'ab' * 32}"
MEMORY = {"digest": DIGEST, "since": 900}


def test_a_release_is_recorded_with_the_digest_that_the_guard_found(asking: Workbench) -> None:
    asking.greenlight.tamper("image#shop#v2", MEMORY)
    sent(asking, event(asking))

    assert (asking.cloud.switch_item("r1") or {})["digest"] == DIGEST


@pytest.mark.parametrize("memory", [None, {**MEMORY, "green_by_tag": True}], ids=["never seen", "started by its tag"])
def test_what_an_earlier_greenlight_started_is_recorded_without_one(
    asking: Workbench, memory: dict[str, object] | None
) -> None:
    asking.greenlight.tamper("image#shop#v2", memory)
    sent(asking, event(asking))

    assert "digest" not in (asking.cloud.switch_item("r1") or {"digest": "no record"})


def test_a_release_of_a_version_whose_item_is_damaged_is_refused_with_its_name(asking: Workbench) -> None:
    asking.greenlight.tamper("image#shop#v2", {**MEMORY, "digest": "sha256:short"})
    sent(asking, event(asking))

    (answer,) = asking.cloud.answers["r1"]
    assert answer["Status"] == "FAILED"
    assert "the journal's item image#shop#v2 is damaged" in answer["Reason"]


def test_what_stays_live_needs_no_item_of_its_image(asking: Workbench) -> None:
    asking.greenlight.tamper("image#shop#v1", {**MEMORY, "digest": "sha256:short"})
    sent(asking, event(asking, ResourceProperties={**PROPERTIES, "Color": "keep"}))

    assert asking.cloud.answers["r1"][0]["Status"] == "SUCCESS"
    assert "digest" not in (asking.cloud.switch_item("r1") or {"digest": "no record"})


def test_a_smoke_test_names_the_image_that_it_is_about(held: Workbench) -> None:
    held.amend(RELEASE, digest=DIGEST)

    assert held.step("Smoke", RELEASE)["reason"].endswith("answered by green v2, image abababababab")


def test_what_is_live_has_the_digest_of_its_release(moved: Workbench) -> None:
    moved.amend(RELEASE, digest=DIGEST)
    moved.step("Done", RELEASE)

    assert (moved.cloud.live("shop") or {})["digest"] == DIGEST
