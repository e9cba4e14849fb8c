"""Which images expire: the examples of AWS's page, and its evaluation rules one by one.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html and LifecyclePolicies.html.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from greenlight.rehearsal.cloud.ecr.lifecycle_evaluation import DAY_SECONDS, Image, expired, orphaned
from greenlight.rehearsal.cloud.ecr.lifecycle_policy import AGE, ANY, COUNT, TAGGED, UNTAGGED, Rule

NOW = 1_000 * DAY_SECONDS
Described = Mapping[str, tuple[float | str, ...]]
"""Images by name: the days since each was pushed, and its tags."""

SHOP: Described = {"A": (10, "beta-1", "prod-1"), "B": (9, "beta-2", "prod-2"), "C": (8, "beta-3")}


def images(described: Described) -> list[Image]:
    return [Image(name, tuple(map(str, tags)), pushed(days)) for name, (days, *tags) in described.items()]


def pushed(days: float | str) -> float:
    return NOW - float(days) * DAY_SECONDS


def tagged(priority: int, number: int, *patterns: str, count_type: str = COUNT) -> Rule:
    return Rule(priority, TAGGED, patterns, count_type, number)


def gone(described: Described, *rules: Rule) -> dict[str, int]:
    return expired(rules, images(described), NOW)


def test_age_example_expires_what_is_older_than_fourteen_days() -> None:
    shop: Described = {"old": (14.1, "prod-1"), "young": (13.9, "prod-2"), "dev": (99, "dev")}

    assert gone(shop, tagged(1, 14, "prod*", count_type=AGE)) == {"old": 1}


def test_count_example_keeps_one_untagged_image() -> None:
    shop: Described = {"A": (3,), "B": (2,), "C": (1,), "tagged": (4, "prod")}

    assert gone(shop, Rule(1, UNTAGGED, (), COUNT, 1)) == {"A": 1, "B": 1}


def test_example_a_of_multiple_rules_expires_image_a() -> None:
    assert gone(SHOP, tagged(1, 1, "prod*"), tagged(2, 1, "beta*")) == {"A": 1}


def test_example_b_of_multiple_rules_expires_images_a_and_b() -> None:
    assert gone(SHOP, tagged(1, 1, "beta*"), tagged(2, 1, "prod*")) == {"A": 1, "B": 1}


def test_rules_apply_by_priority_and_not_in_the_order_of_the_text() -> None:
    assert gone(SHOP, tagged(2, 1, "beta*"), tagged(1, 1, "prod*")) == {"A": 1}


def test_example_a_of_multiple_tags_in_a_rule_expires_image_c() -> None:
    shop: Described = {
        "A": (12, "alpha-1"),
        "B": (11, "beta-1"),
        "C": (10, "alpha-2", "beta-2"),
        "D": (4, "alpha-3"),
        "E": (3, "beta-3"),
        "F": (2, "alpha-4", "beta-4"),
    }

    assert gone(shop, tagged(1, 5, "alpha*", "beta*", count_type=AGE)) == {"C": 1}


def test_example_b_of_multiple_tags_in_a_rule_expires_images_a_and_b() -> None:
    shop: Described = {
        "A": (10, "alpha-1", "beta-1", "gamma-1"),
        "B": (9, "alpha-2", "beta-2"),
        "C": (8, "alpha-3", "beta-3", "gamma-2"),
    }

    assert gone(shop, tagged(1, 1, "alpha*", "beta*")) == {"A": 1, "B": 1}


def test_example_of_all_images_keeps_what_an_earlier_rule_is_about() -> None:
    shop: Described = {"A": (30, "prod-1"), "B": (20, "prod-2"), "C": (10, "dev"), "D": (9,)}

    assert gone(shop, tagged(1, 2, "prod*"), Rule(2, ANY, (), AGE, 5)) == {"C": 2, "D": 2}


def test_a_later_rule_counts_what_is_out_of_its_reach() -> None:
    shop: Described = {"A": (3, "beta-1"), "B": (2, "beta-2"), "C": (1, "beta-3", "prod-1")}

    assert gone(shop, tagged(1, 9, "prod*"), tagged(2, 2, "beta*")) == {"A": 2}


def test_the_oldest_go_first() -> None:
    shop: Described = {"C": (1, "v3"), "A": (3, "v1"), "B": (2, "v2")}

    assert gone(shop, tagged(1, 2, "v*")) == {"A": 1}


@pytest.mark.parametrize(
    ("pattern", "tag", "selects"),
    [
        ("prod*", "prod", True),
        ("prod*", "production-team1", True),
        ("prod*", "repo-production", False),
        ("*prod*", "repo-production", True),
        ("prod", "prod1", False),
        ("v*.*", "v1x0", False),
        ("*test*1*2*3", "a-test-1.2.3", True),
    ],
)
def test_a_pattern_is_about_the_whole_tag(pattern: str, tag: str, selects: bool) -> None:
    assert tagged(1, 1, pattern).selects([tag]) is selects


def test_what_an_index_names_stays_as_long_as_the_index() -> None:
    child = Image("child", (), pushed(9))
    index = Image("index", ("v1",), pushed(9), children=("child",))
    untagged = Rule(1, UNTAGGED, (), AGE, 1)

    assert expired([untagged], [child, index], NOW) == {}
    assert expired([untagged], [child], NOW) == {"child": 1}


def test_an_artifact_is_no_image_for_a_rule_and_goes_with_its_subject() -> None:
    image = Image("image", ("v1",), pushed(9))
    signature = Image("signature", (), pushed(9), subject="image")

    assert expired([Rule(1, UNTAGGED, (), AGE, 1)], [image, signature], NOW) == {}
    assert orphaned([image, signature], ()) == set()
    assert orphaned([image, signature], ["image"]) == {"signature"}
    assert orphaned([signature], ()) == {"signature"}
