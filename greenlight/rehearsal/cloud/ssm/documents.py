"""SSM documents of the kind that Greenlight's host needs: one script, with parameters that are checked.

The rules are those of docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEFAULT_SECONDS = 3600.0
"""How long aws:runShellScript lets a script run when the document does not say."""

_REFERENCE = re.compile(r"\{\{\s*([A-Za-z0-9]+)\s*\}\}")
_PLUGIN = "aws:runShellScript"


class DocumentError(Exception):
    """A document that Systems Manager, or the rehearsal, cannot run."""


class ParameterError(Exception):
    """A parameter that the document does not allow; nothing was run."""


@dataclass(frozen=True)
class Script:
    """A document with its parameters filled in."""

    text: str
    timeout_seconds: float


@dataclass(frozen=True)
class Document:
    """A Command document of schema 2.2 with a single aws:runShellScript step."""

    parameters: Mapping[str, Mapping[str, Any]]
    commands: tuple[str, ...]
    timeout: str

    @classmethod
    def parse(cls, content: Any) -> Document:
        """Read a document, as an object or as JSON. Raises DocumentError for one that the rehearsal cannot run."""
        body = json.loads(content) if isinstance(content, str) else content
        steps = body.get("mainSteps", [])
        if str(body.get("schemaVersion")) != "2.2" or [step.get("action") for step in steps] != [_PLUGIN]:
            raise DocumentError(f"the rehearsal runs documents of schema 2.2 with one {_PLUGIN} step, got {body}")
        parameters = body.get("parameters", {})
        for name, declared in parameters.items():
            if declared.get("type") != "String":
                raise DocumentError(f"parameter {name} has type {declared.get('type')!r}: the rehearsal takes String")
        inputs = steps[0].get("inputs", {})
        return cls(parameters, tuple(inputs["runCommand"]), str(inputs.get("timeoutSeconds", DEFAULT_SECONDS)))

    def render(self, given: Mapping[str, Sequence[str]]) -> Script:
        """Fill in the parameters that SendCommand got. Raises ParameterError for a missing, unknown or wrong one."""
        unknown = given.keys() - self.parameters.keys()
        if unknown:
            raise ParameterError(f"parameter {min(unknown)} is not in the document: use {', '.join(self.parameters)}")
        values = {name: self._value(name, given.get(name)) for name in self.parameters}
        lines = [_fill(line, values) for line in self.commands]
        return Script("\n".join(lines), float(_fill(self.timeout, values)))

    def _value(self, name: str, given: Sequence[str] | None) -> str:
        declared = self.parameters[name]
        if given is None and "default" not in declared:
            raise ParameterError(f"parameter {name} has no value and no default: give it one")
        value = str(declared["default"]) if given is None else "".join(given)
        allowed = declared.get("allowedValues")
        if allowed and value not in allowed:
            raise ParameterError(f"parameter {name} is {value!r}: use {', '.join(allowed)}")
        pattern = declared.get("allowedPattern")
        if pattern and not re.search(pattern, value):
            raise ParameterError(f"parameter {name} is {value!r}, which does not match {pattern}")
        return value


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda match: values.get(match[1], match[0]), text)
