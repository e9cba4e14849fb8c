"""Lifecycle policies of repositories as text: what ECR takes, and what it refuses.

Source: docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html. Archives are not played here,
so that `transition`, `storageClass`, `sinceImagePulled` and `sinceImageTransitioned` are refused by name.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenlight.rehearsal.cloud.ecr.wildcards import matches

COUNT, AGE = "imageCountMoreThan", "sinceImagePushed"
TAGGED, UNTAGGED, ANY = "tagged", "untagged", "any"
MOST_WILDCARDS = 4

_LISTS = ("tagPatternList", "tagPrefixList")
_RULE = frozenset({"rulePriority", "description", "selection", "action"})
_SELECTION = frozenset({"tagStatus", *_LISTS, "countType", "countUnit", "countNumber"})


class PolicyError(Exception):
    """ECR would refuse the policy."""


@dataclass(frozen=True)
class Rule:
    """One rule: which tags it is about, and how many images, or days, it leaves of them.

    `patterns` have to match all, each of them some tag of the image.
    """

    priority: int
    status: str
    patterns: tuple[str, ...]
    count_type: str
    number: int

    def selects(self, tags: Collection[str]) -> bool:
        """Whether an image with these tags meets the tagging requirements."""
        if self.status == TAGGED:
            return all(any(matches(pattern, tag) for tag in tags) for pattern in self.patterns)
        return self.status == ANY or not tags


def rules_of(text: str) -> tuple[Rule, ...]:
    """Read a policy; the rules as ECR applies them, the lowest priority number first.

    Raises:
        PolicyError: in ECR's words as far as they are known, with what is wrong and where.
    """
    try:
        listed = json.loads(text)["rules"]
        problems = list(_problems(listed))
        if problems:
            raise PolicyError(f"Lifecycle policy validation failure: {problems[0]}")
        return tuple(sorted(map(_rule, listed), key=lambda rule: rule.priority))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PolicyError(f"Lifecycle policy validation failure: {error!r}") from error


def _rule(raw: Mapping[str, Any]) -> Rule:
    selection = raw["selection"]
    prefixes = [f"{prefix}*" for prefix in selection.get("tagPrefixList", ())]
    patterns = (*selection.get("tagPatternList", ()), *prefixes)
    return Rule(raw["rulePriority"], selection["tagStatus"], patterns, selection["countType"], selection["countNumber"])


def _problems(listed: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not listed:
        yield "there is no rule"
    for raw in listed:
        yield from (f"rule {raw.get('rulePriority')}: {problem}" for problem in _of_rule(raw))
    rules = [_rule(raw) for raw in listed]
    priorities = [rule.priority for rule in rules]
    if len(set(priorities)) < len(priorities):
        yield "rulePriority has to be unique"
    tags = [frozenset(rule.patterns) for rule in rules if rule.patterns]
    if len(set(tags)) < len(tags):
        yield "the set of rules must contain a unique set of tags"
    if sum(rule.status == UNTAGGED for rule in rules) > 1:
        yield "only one rule is allowed to select untagged images"
    if any(rule.status == ANY and rule.priority < max(priorities) for rule in rules):
        yield "a rule with tagStatus any must have the highest rulePriority"


def _of_rule(raw: Mapping[str, Any]) -> Iterator[str]:
    selection = raw["selection"]
    for unknown in sorted((raw.keys() - _RULE) | (selection.keys() - _SELECTION)):
        yield f"{unknown} is not known here"
    for name, number in (("rulePriority", raw["rulePriority"]), ("countNumber", selection["countNumber"])):
        if not isinstance(number, int) or number < 1:
            yield f"{name} has to be a positive integer"
    if raw["action"] != {"type": "expire"}:
        yield "the only action here is expire"
    if selection["countType"] not in (COUNT, AGE):
        yield f"countType {selection['countType']} is not known here"
    if ("days" if selection["countType"] == AGE else None) != selection.get("countUnit"):
        yield f"countUnit has to be days with {AGE}, and to be left out with {COUNT}"
    yield from _of_tags(selection)


def _of_tags(selection: Mapping[str, Any]) -> Iterator[str]:
    lists = [name for name in _LISTS if selection.get(name)]
    if selection["tagStatus"] not in (TAGGED, UNTAGGED, ANY):
        yield "tagStatus has to be tagged, untagged or any"
    if len(lists) != (selection["tagStatus"] == TAGGED):
        yield f"exactly one of {' and '.join(_LISTS)} goes with tagged, and neither with untagged or any"
    if any(pattern.count("*") > MOST_WILDCARDS for pattern in selection.get("tagPatternList", ())):
        yield f"a pattern has {MOST_WILDCARDS} wildcards at most"
