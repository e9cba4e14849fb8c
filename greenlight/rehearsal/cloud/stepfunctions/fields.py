"""The fields that a state of the Amazon States Language must have, and those that it cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Found = tuple[str, str]
"""What is wrong, and where in the state."""

_EVERYWHERE = {"Type", "Comment", "QueryLanguage"}
_GOES_ON = {"Next", "End"}
_MAKES = {"Output", "Assign"}
_RECOVERS = {"Retry", "Catch"}
_JSONATA_FIELDS = {
    "Task": {"Resource", "Arguments", "TimeoutSeconds", "HeartbeatSeconds", "Credentials"}
    | _GOES_ON
    | _MAKES
    | _RECOVERS,
    "Pass": _GOES_ON | _MAKES,
    "Wait": {"Seconds", "Timestamp"} | _GOES_ON | _MAKES,
    "Choice": {"Choices", "Default"} | _MAKES,
    "Parallel": {"Branches", "Arguments"} | _GOES_ON | _MAKES | _RECOVERS,
    "Succeed": {"Output"},
    "Fail": {"Error", "Cause"},
}
"""Map states are not checked: their fields depend on their mode."""

_REQUIRED = {"Task": ("Resource",), "Choice": ("Choices",), "Parallel": ("Branches",)}
_TYPES = {*_JSONATA_FIELDS, "Map"}
_LAMBDA_INVOKE = "arn:aws:states:::lambda:invoke"


def field_problems(state: Mapping[str, Any], language: str) -> Iterator[Found]:
    """What a state's own fields break."""
    kind = state.get("Type")
    if kind not in _TYPES:
        yield f"The value of Type is '{kind}'. It must be one of {sorted(_TYPES)}", "/Type"
        return
    yield from _required(state, str(kind))
    if language == "JSONata":
        yield from _only_known(state, str(kind))
    yield from _choices(state, language)
    for field in ("Retry", "Catch"):
        yield from _error_names(state.get(field) or [], field)
    yield from _backoff(state.get("Retry") or [])


def _required(state: Mapping[str, Any], kind: str) -> Iterator[Found]:
    missing = [name for name in _REQUIRED.get(kind, ()) if not state.get(name)]
    if kind not in ("Choice", "Succeed", "Fail") and ("Next" in state) == bool(state.get("End")):
        yield "Exactly one of the fields [Next, End] is required", ""
    if str(state.get("Resource", "")).startswith(_LAMBDA_INVOKE):
        given = state.get("Arguments") or state.get("Parameters") or {}
        if isinstance(given, dict) and not {"FunctionName", "FunctionName.$"} & set(given):
            missing.append("FunctionName")
    if missing:
        yield f"These fields are required: [{', '.join(missing)}]", ""


def _only_known(state: Mapping[str, Any], kind: str) -> Iterator[Found]:
    known = _JSONATA_FIELDS.get(kind)
    for field in state if known is not None else ():
        if field not in _EVERYWHERE | (known or set()):
            yield f"A {kind} state in JSONata does not support the field '{field}'", f"/{field}"


def _choices(state: Mapping[str, Any], language: str) -> Iterator[Found]:
    wanted = {"Next", "Condition"} if language == "JSONata" else {"Next"}
    for at, rule in enumerate(state.get("Choices") or []):
        missing = sorted(wanted - set(rule))
        if missing:
            yield f"These fields are required: [{', '.join(missing)}]", f"/Choices[{at}]"


def _error_names(rules: list[Mapping[str, Any]], field: str) -> Iterator[Found]:
    for at, rule in enumerate(rules):
        names = rule.get("ErrorEquals") or []
        if not names:
            yield "These fields are required: [ErrorEquals]", f"/{field}[{at}]"
        if "States.ALL" in names and (len(names) > 1 or at < len(rules) - 1):
            yield "States.ALL must stand alone and in the last place", f"/{field}[{at}]/ErrorEquals"
        if field == "Catch" and "Next" not in rule:
            yield "These fields are required: [Next]", f"/{field}[{at}]"


def _backoff(retriers: list[Mapping[str, Any]]) -> Iterator[Found]:
    lowest = {"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1.0, "MaxDelaySeconds": 1}
    for at, retrier in enumerate(retriers):
        for name, least in lowest.items():
            if retrier.get(name, least) < least:
                yield f"The value of {name} is {retrier[name]}. It must be {least} or more", f"/Retry[{at}]/{name}"
        if retrier.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
            yield "The value of JitterStrategy must be FULL or NONE", f"/Retry[{at}]/JitterStrategy"
