"""The fields of a state in JSONata, and Step Functions' words for an expression that fails.

The words are recorded (localstack, test_base_scenarios.snapshot.json) or measured (floci-io/floci#2665 and #2736).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions.errors import QUERY_ERROR, EvaluationError
from greenlight.rehearsal.cloud.stepfunctions.history import encoded
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State, after

REQUIRED = ("jsonata", "_jsonata_result_defined", "_register_sfn_jsonata_functions", "_json_type")
"""The names of ministack's stepfunctions module that this module uses."""

LONGEST_MILLISECONDS = 1000
"""Of one expression (Step Functions guide, "Transforming data with JSONata")."""

Known = Mapping[str, Any]
"""What `$states` holds beside the context: input, and result or errorOutput where there is one."""


def field(template: Any, place: str, known: Known, scope: Scope) -> Any:
    """Work out a field, expressions within it included.

    Raises:
        EvaluationError: with the place of the expression, such as `Output/items[1]`.
    """
    if isinstance(template, str) and template.startswith("{%") and template.endswith("%}"):
        return _evaluate(template[2:-2].strip(), place, known, scope)
    if isinstance(template, Mapping):
        return {name: field(item, f"{place}/{name}", known, scope) for name, item in template.items()}
    if isinstance(template, list):
        return [field(item, f"{place}[{at}]", known, scope) for at, item in enumerate(template)]
    return template


def typed(state: State, name: str, expected: str, known: Known, scope: Scope) -> Any:
    """A field of one JSON type."""
    return checked(state[name], name, expected, known, scope)


def checked(template: Any, place: str, expected: str, known: Known, scope: Scope) -> Any:
    """A template whose value must be of one JSON type."""
    value = field(template, place, known, scope)
    kind = stepfunctions._json_type(value)
    if kind != expected:
        words = "returned an unexpected result type."
        raise _failure(
            template[2:-2].strip() if isinstance(template, str) else encoded(template),
            place,
            f" {words} Expected '{expected}', but was '{kind}' for value: {encoded(value)}",
        )
    return value


def leave(source: State, place: str, data: Any, scope: Scope, following: str | None, **known: Any) -> Leaving:
    """Output and Assign of a state, a rule or a catcher. Without Output: the result, the error, or else the input."""
    everything = {"input": data, **known}
    default = known.get("result", known.get("errorOutput", data))
    output = field(source["Output"], f"{place}Output", everything, scope) if "Output" in source else default
    assigned = field(source.get("Assign") or {}, f"{place}Assign", everything, scope)
    return Leaving(output, assigned, following)


def leave_state(state: State, data: Any, scope: Scope, **known: Any) -> Leaving:
    """The usual way out of a state."""
    return leave(state, "", data, scope, after(state), **known)


def _evaluate(expression: str, place: str, known: Known, scope: Scope) -> Any:
    library = stepfunctions.jsonata
    null = library.utils.Utils.NULL_VALUE
    bindings = {name: null if value is None else value for name, value in scope.variables.items()}
    bindings["states"] = {"context": scope.context, **known}
    try:
        compiled = library.Jsonata.jsonata(expression, timeout=LONGEST_MILLISECONDS)
        stepfunctions._register_sfn_jsonata_functions(compiled)
        value = compiled.evaluate(None, bindings)
    except Exception as error:
        raise _failure(expression, place, _thrown(error)) from error
    if value is None and not stepfunctions._jsonata_result_defined(expression, bindings):
        raise _failure(expression, place, " returned nothing (undefined).")
    if not isinstance(value, None | bool | int | float | str | list | Mapping):
        raise _failure(expression, place, " returned an unsupported result type.")
    return value


def _thrown(error: Exception) -> str:
    code = getattr(error, "error", None)
    words = " threw an error during evaluation"
    return f"{words}. {code}: {error}" if isinstance(code, str) and code else f"{words}: {error}"


def _failure(expression: str, place: str, what: str) -> EvaluationError:
    cause = f"The JSONata expression '{expression}' specified for the field '{place}'{what}"
    return EvaluationError(QUERY_ERROR, cause, place)
