"""Which runtimes, handlers and names Lambda takes for a function.

Lambda guide, "Lambda runtimes" and its deprecation policy; the names of all runtimes are those of boto3's own model.
The texts are those that users of AWS report. A runtime whose block is only announced is still taken here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session

INVALID = "InvalidParameterValueException"
BLOCKED = re.compile(
    r"nodejs(4\.3(-edge)?|6\.10|8\.10|1[024]\.x)?|python(2\.7|3\.[67])|dotnetcore.*|ruby2\.[57]|go1\.x|java8|provided"
)
"""Runtimes that no function can be given any more."""
LONGEST_HANDLER = 128
LONGEST_NAME = 64
_NAME = re.compile(r"[a-zA-Z0-9-_]+")
_NAME_PATTERN = (
    r"regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)
_ARN = "arn:"


def problems(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The codes and messages of what Lambda refuses."""
    runtime = config.get("Runtime")
    if runtime and runtime not in known() and not str(runtime).startswith(_ARN):
        said = f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set"
        yield INVALID, f"{said}: [{', '.join(known())}] or be a valid ARN"
    elif runtime and BLOCKED.fullmatch(runtime):
        said = (
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions."
        )
        yield INVALID, f"{said} We recommend you use a supported runtime while creating or updating functions."
    handler = config.get("Handler")
    if handler and (" " in handler or len(handler) > LONGEST_HANDLER):
        allowed = "satisfy regular expression pattern: [^\\s]+"
        if len(handler) > LONGEST_HANDLER:
            allowed = f"have length less than or equal to {LONGEST_HANDLER}"
        said = f"Value '{handler}' at 'handler' failed to satisfy constraint: Member must {allowed}"
        yield "ValidationException", f"1 validation error detected: {said}"


def missing(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a new function lacks: a name that functions have, and, without an image, a runtime and a handler."""
    name = str(config.get("FunctionName") or "")
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        is_long = len(name) > LONGEST_NAME
        allowed = f"have length less than or equal to {LONGEST_NAME}" if is_long else f"satisfy {_NAME_PATTERN}"
        said = f"Value '{name}' at 'functionName' failed to satisfy constraint: Member must {allowed}"
        yield "ValidationException", f"1 validation error detected: {said}"
    is_image = config.get("PackageType") == "Image" or "ImageUri" in (config.get("Code") or {})
    if not is_image and not (config.get("Runtime") and config.get("Handler")):
        said = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        yield INVALID, said


@cache
def known() -> tuple[str, ...]:
    """All runtimes that ever were, as far as the installed boto3 knows them."""
    model: Any = botocore.session.get_session().get_service_model("lambda")
    return tuple(model.shape_for("Runtime").enum)
