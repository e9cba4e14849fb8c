"""Which pushes start a pipeline.

docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html: filters are alternatives; within one, excluded
patterns win. `*` stops at a slash, `**` does not. A filter on files asks for one changed file that is included, and
not excluded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from greenlight.rehearsal.cloud.codepipeline.definition import Action, Properties


def starts(given: Properties, source: Action, branch: str, files: Sequence[str]) -> bool:
    """Whether a push to the source's branch starts the pipeline. With a trigger, it alone decides."""
    triggers = [
        trigger["GitConfiguration"]
        for trigger in given.get("Triggers") or ()
        if trigger["GitConfiguration"]["SourceActionName"] == source.name
    ]
    if not triggers:
        return source.configuration.get("DetectChanges", "true").lower() != "false"
    pushes = [trigger.get("Push") or [{}] for trigger in triggers]
    return any(_passes(each, branch, files) for alternatives in pushes for each in alternatives)


def _passes(wanted: Mapping[str, Any], branch: str, files: Sequence[str]) -> bool:
    on_branch = _admits(wanted.get("Branches") or {}, branch)
    paths = wanted.get("FilePaths")
    return on_branch and (not paths or any(_admits(paths, each) for each in files))


def _admits(criteria: Mapping[str, Any], name: str) -> bool:
    included = any(_pattern(each).fullmatch(name) for each in criteria.get("Includes") or ("**",))
    return included and not any(_pattern(each).fullmatch(name) for each in criteria.get("Excludes") or ())


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(parts.get(each, re.escape(each)) for each in re.findall(r"\*\*|.", glob)))
