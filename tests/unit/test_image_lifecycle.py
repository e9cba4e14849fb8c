"""How long images are kept that have several tags: docs/governance.md has the table, ECR's rules decide.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from greenlight_cdk.image_lifecycle import KeepRule, Lifecycle, rules

from greenlight.rehearsal.cloud.ecr.lifecycle_evaluation import DAY_SECONDS, Image, expired
from greenlight.rehearsal.cloud.ecr.lifecycle_policy import AGE, COUNT, TAGGED, UNTAGGED, Rule

PAGE = Path(__file__).parents[2] / "docs" / "governance.md"
KEPT = 5
NOW = 10_000 * DAY_SECONDS
DAYS = {"1 day": 1, "7 days": 7, "30 days": 30, "2 years": 730}
ALWAYS, NEWEST = "always", "the 5 newest"
LIFECYCLES: tuple[Lifecycle, ...] = get_args(Lifecycle)


def table() -> Iterator[tuple[tuple[str, ...], Lifecycle, str]]:
    """Each cell of the page's table: the tags, the setting, and how long such an image is kept."""
    _, _, rest = PAGE.read_text().partition("<!-- kept -->")
    for line in rest.partition("<!-- /kept -->")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[-1] in (*DAYS, ALWAYS, NEWEST):
            for lifecycle, kept in zip(LIFECYCLES, cells[1:], strict=True):
                yield tuple(re.findall(r"`([^`]+)`", cells[0])), lifecycle, kept


CELLS = list(table())


def applied(lifecycle: Lifecycle, *, has_parts: bool = False) -> list[Rule]:
    return [_rule(each) for each in rules(lifecycle, KEPT, has_parts=has_parts)]


def _rule(rule: KeepRule) -> Rule:
    status, patterns = (TAGGED, (rule.pattern,)) if rule.pattern else (UNTAGGED, ())
    number = rule.count or rule.days or 0
    return Rule(rule.priority, status, patterns, COUNT if rule.count else AGE, number)


def goes(tags: tuple[str, ...], lifecycle: Lifecycle, days: float, newer_releases: int = 0) -> bool:
    """Whether an image of that age goes, while so many releases are newer."""
    images = [Image("it", tags, NOW - days * DAY_SECONDS)]
    images += [Image(f"newer-{n}", (f"1.{n}",), NOW) for n in range(newer_releases)]
    return "it" in expired(applied(lifecycle), images, NOW)


def test_the_page_has_a_cell_for_each_setting() -> None:
    assert len(CELLS) == 2 * len({tags for tags, _, _ in CELLS}) >= 20


@pytest.mark.parametrize(("tags", "lifecycle", "kept"), [cell for cell in CELLS if cell[2] in DAYS])
def test_an_image_goes_after_the_days_that_the_page_says(
    tags: tuple[str, ...], lifecycle: Lifecycle, kept: str
) -> None:
    assert not goes(tags, lifecycle, DAYS[kept], newer_releases=99)
    assert goes(tags, lifecycle, DAYS[kept] + 0.1)


@pytest.mark.parametrize(("tags", "lifecycle", "kept"), [cell for cell in CELLS if cell[2] == NEWEST])
def test_an_image_goes_once_five_releases_are_newer(tags: tuple[str, ...], lifecycle: Lifecycle, kept: str) -> None:
    assert not goes(tags, lifecycle, 9_000, newer_releases=KEPT - 1)
    assert goes(tags, lifecycle, 0.1, newer_releases=KEPT), kept


@pytest.mark.parametrize(("tags", "lifecycle", "kept"), [cell for cell in CELLS if cell[2] == ALWAYS])
def test_an_image_that_the_page_says_is_always_kept_is(tags: tuple[str, ...], lifecycle: Lifecycle, kept: str) -> None:
    assert not goes(tags, lifecycle, 9_000, newer_releases=99), kept


@pytest.mark.parametrize("lifecycle", LIFECYCLES)
@pytest.mark.parametrize("other", ["feature-x", "rc-1", "1.0.0", "v1", "sec-1"])
def test_what_a_color_runs_never_goes(lifecycle: Lifecycle, other: str) -> None:
    assert not goes((other, "live-blue"), lifecycle, 9_000, newer_releases=99)


@pytest.mark.parametrize("lifecycle", LIFECYCLES)
def test_a_part_stays_with_its_version_and_goes_a_day_after_a_run_that_failed(lifecycle: Lifecycle) -> None:
    then = NOW - 2 * DAY_SECONDS
    version = Image("index", ("1.0.0", "git-3f2a9c1"), then, children=("amd64", "arm64"))
    parts = [Image(each, (f"part-7-1-{each}",), then) for each in ("amd64", "arm64", "left")]

    assert expired(applied(lifecycle, has_parts=True), [version, *parts], NOW).keys() == {"left"}
    assert expired(applied(lifecycle), [version, *parts], NOW).keys() == set()


@pytest.mark.parametrize("lifecycle", LIFECYCLES)
def test_every_rule_has_a_priority_of_its_own(lifecycle: Lifecycle) -> None:
    priorities = [rule.priority for rule in rules(lifecycle, KEPT, has_parts=True)]

    assert sorted(set(priorities)) == priorities
