"""The fields that a state of the Amazon States Language must have, and those that it cannot have.

The words and places are those measured on AWS by badmintoncryer/cdk-preflight, rules/stepfunctions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.field_values import value_problems

Found = tuple[str, str]
"""What is wrong, and where in the state."""

_EVERYWHERE = {"Type", "Comment", "QueryLanguage"}
_PATHS = {"InputPath", "OutputPath"}
_GOES_ON = {"Next", "End"}
_MAKES = {"Output", "Assign"} | _PATHS
_RESULTS = {"ResultPath", "ResultSelector", "Parameters"}
_RECOVERS = {"Retry", "Catch"}
_WAITS = ("SecondsPath", "Seconds", "TimestampPath", "Timestamp")
_LIMITS = {"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"}
_OF_A_MAP = {
    "ItemProcessor",
    "Iterator",
    "ItemsPath",
    "Items",
    "ItemSelector",
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "MaxConcurrency",
    "MaxConcurrencyPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "Label",
}
_FIELDS = {
    "Task": {"Resource", "Arguments", "Credentials"} | _LIMITS | _RESULTS | _GOES_ON | _MAKES | _RECOVERS,
    "Wait": {*_WAITS} | _GOES_ON | _MAKES,
    "Pass": {"Result", "ResultPath", "Parameters"} | _GOES_ON | _MAKES,
    "Succeed": {"Output"} | _PATHS,
    "Fail": {"Error", "Cause", "ErrorPath", "CausePath"},
    "Choice": {"Choices", "Default"} | _MAKES,
    "Parallel": {"Branches", "Arguments"} | _RESULTS | _GOES_ON | _MAKES | _RECOVERS,
    "Map": _OF_A_MAP | _RESULTS | _GOES_ON | _MAKES | _RECOVERS,
}
_ONLY_IN = {
    "JSONPath": {
        *_PATHS,
        *_RESULTS,
        "Result",
        "ItemsPath",
        "SecondsPath",
        "TimestampPath",
        "TimeoutSecondsPath",
        "HeartbeatSecondsPath",
        "MaxConcurrencyPath",
        "ToleratedFailurePercentagePath",
        "ToleratedFailureCountPath",
        "ErrorPath",
        "CausePath",
        "Variable",
    },
    "JSONata": {"Arguments", "Output", "Items", "Condition"},
}
_REQUIRED = {"Task": "Resource", "Choice": "Choices", "Parallel": "Branches"}
_EXCLUSIVE = (
    ("TimeoutSeconds", "TimeoutSecondsPath"),
    ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ("MaxConcurrency", "MaxConcurrencyPath"),
    ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
    ("Error", "ErrorPath"),
    ("Cause", "CausePath"),
)
_SELECTORS = ("And", "Or", "Not", "Variable", "Condition")
_INTEGRATION = "arn:aws:states:::"
_LAMBDA_INVOKE = f"{_INTEGRATION}lambda:invoke"


def field_problems(state: Mapping[str, Any], language: str) -> Iterator[Found]:
    """What a state's own fields break."""
    kind = state.get("Type")
    if kind is None:
        yield _required("Type"), ""
        return
    if kind not in _FIELDS:
        yield f"The field 'Type' should have one of these values: [{', '.join(_FIELDS)}]", "/Type"
        return
    yield from _known(state, str(kind), language)
    yield from _present(state, str(kind))
    yield from _arguments(state, language)
    yield from _choices(state, language)
    for field in ("Retry", "Catch"):
        yield from _error_names(state.get(field) or [], field)
    yield from value_problems(state)


def one_of(state: Mapping[str, Any], fields: tuple[str, ...]) -> Iterator[str]:
    """What is wrong when a state has none, or more than one, of some fields."""
    count = sum(name in state for name in fields)
    if count != 1:
        begin = "There should only be one of" if count else "This object should have only one of"
        yield f"{begin} the following fields: [{', '.join(fields)}]"


def _known(state: Mapping[str, Any], kind: str, language: str) -> Iterator[Found]:
    for field in state:
        if field not in _EVERYWHERE | _FIELDS[kind]:
            yield f"Field '{field}' is not supported", ""
        else:
            yield from ((message, "") for message in _of_language(field, language))


def _of_language(field: str, language: str) -> Iterator[str]:
    for only, fields in _ONLY_IN.items():
        if field in fields and language != only:
            yield (
                f"The QueryLanguage is set to '{language}', but field '{field}' "
                f"is only supported for the '{only}' QueryLanguage"
            )


def _present(state: Mapping[str, Any], kind: str) -> Iterator[Found]:
    needed = _REQUIRED.get(kind)
    if needed and needed not in state:
        yield _required(needed), ""
    elif needed and not state[needed]:
        yield "Value cannot be empty", f"/{needed}"
    told = [message for pair in _EXCLUSIVE if set(pair) <= set(state) for message in one_of(state, pair)]
    if "Next" in _FIELDS[kind]:
        told += one_of({name: 1 for name in _GOES_ON if state.get(name)}, ("Next", "End"))
    if kind == "Map":
        told += one_of(state, ("ItemProcessor", "Iterator"))
    if kind == "Wait":
        told += one_of(state, _WAITS)
    yield from ((message, "") for message in told)


def _arguments(state: Mapping[str, Any], language: str) -> Iterator[Found]:
    resource = state.get("Resource")
    if not isinstance(resource, str) or not resource:
        return
    if not resource.startswith("arn:"):
        yield "Value is not a valid resource ARN", "/Resource"
    if not resource.startswith(_INTEGRATION):
        return
    field = "Arguments" if language == "JSONata" else "Parameters"
    if field not in state:
        yield f"{field} field is required for resource ARN: {resource}", "/Resource"
        return
    is_named = not isinstance(state[field], dict) or {"FunctionName", "FunctionName.$"} & set(state[field])
    if resource.startswith(_LAMBDA_INVOKE) and not is_named:
        yield "The field 'FunctionName' is required but was missing", f"/{field}"


def _choices(state: Mapping[str, Any], language: str) -> Iterator[Found]:
    for at, rule in enumerate(state.get("Choices") or []):
        place = f"/Choices[{at}]"
        if "Next" not in rule:
            yield _required("Next"), place
        if sum(name in rule for name in _SELECTORS) != 1:
            yield f"The object must have only one of the following fields, [{', '.join(_SELECTORS)}]", place
        for field in rule:
            yield from ((message, place) for message in _of_language(field, language) if field in _SELECTORS)


def _error_names(rules: list[Mapping[str, Any]], field: str) -> Iterator[Found]:
    for at, rule in enumerate(rules):
        place = f"/{field}[{at}]"
        names = rule.get("ErrorEquals")
        if names is None:
            yield _required("ErrorEquals"), place
        elif not names:
            yield "Value cannot be empty", f"{place}/ErrorEquals"
        elif "States.ALL" in names and (len(names) > 1 or at < len(rules) - 1):
            where = f"{place}/ErrorEquals[{names.index('States.ALL')}]"
            yield "States.ALL must appear alone and at end of list", where
        if field == "Catch" and "Next" not in rule:
            yield _required("Next"), place


def _required(field: str) -> str:
    return f"These fields are required: [{field}]"
