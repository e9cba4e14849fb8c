"""Lifecycle policies as text.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from greenlight.rehearsal.cloud.ecr.lifecycle_policy import AGE, COUNT, TAGGED, PolicyError, Rule, rules_of


def rule(priority: Any = 1, action: Any = None, **selection: Any) -> dict[str, Any]:
    usual = {"tagStatus": "tagged", "tagPatternList": ["v*"], "countType": COUNT, "countNumber": 5}
    chosen = {key: value for key, value in {**usual, **selection}.items() if value is not None}
    return {"rulePriority": priority, "selection": chosen, "action": action or {"type": "expire"}}


def read(*rules: dict[str, Any]) -> tuple[Rule, ...]:
    return rules_of(json.dumps({"rules": rules}))


def test_rules_come_in_the_order_of_their_priorities() -> None:
    found = read(rule(7), rule(3, tagPatternList=["rc-*"], countType=AGE, countUnit="days", countNumber=30))

    assert found == (Rule(3, TAGGED, ("rc-*",), AGE, 30), Rule(7, TAGGED, ("v*",), COUNT, 5))


def test_a_prefix_is_a_pattern_that_goes_on() -> None:
    assert read(rule(tagPatternList=None, tagPrefixList=["v"]))[0].patterns == ("v*",)


UNTAGGED = {"tagStatus": "untagged", "tagPatternList": None}
EVERY = {"tagStatus": "any", "tagPatternList": None}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "there is no rule"),
        ([rule(0)], "rulePriority has to be a positive integer"),
        ([rule(countNumber=0)], "countNumber has to be a positive integer"),
        ([rule(1), rule(1, tagPatternList=["w*"])], "rulePriority has to be unique"),
        ([rule(1), rule(2)], "unique set of tags"),
        ([rule(1, **UNTAGGED), rule(2, **UNTAGGED)], "only one rule is allowed to select untagged images"),
        ([rule(1, **EVERY), rule(2)], "tagStatus any must have the highest rulePriority"),
        ([rule(tagStatus="live")], "tagStatus has to be"),
        ([rule(tagPatternList=None)], "exactly one of tagPatternList and tagPrefixList"),
        ([rule(tagPrefixList=["v"])], "exactly one of tagPatternList and tagPrefixList"),
        ([rule(tagStatus="untagged")], "neither with untagged or any"),
        ([rule(tagPatternList=["*t*1*2*3*"])], "4 wildcards at most"),
        ([rule(countUnit="days")], "countUnit has to be days with sinceImagePushed"),
        ([rule(countType=AGE)], "countUnit has to be days with sinceImagePushed"),
        ([rule(countType="sinceImagePulled", countUnit="days")], "sinceImagePulled is not known here"),
        ([rule(storageClass="archive")], "storageClass is not known here"),
        ([rule(action={"type": "transition", "targetStorageClass": "archive"})], "the only action here is expire"),
        ([{"rulePriority": 1}], "selection"),
    ],
)
def test_a_policy_that_ecr_refuses_is_refused(rules: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        read(*rules)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"rules": 3}'])
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        rules_of(text)
