"""What roles have used of what they may do: each action that IAM allowed one of them, whoever asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.requirement import require

ENDPOINT = "uses"
_SESSION = ":assumed-role/"


class Uses:
    """The actions by the name of the role."""

    def __init__(self) -> None:
        self._actions: dict[str, set[str]] = defaultdict(set)

    def noting(self, evaluate: Callable[..., Any]) -> Callable[..., Any]:
        """Note what a judgment of policies allows."""

        def noted(context: Any, *layers: Any) -> Any:
            result = evaluate(context, *layers)
            if result.decision == "Allow" and _SESSION in context.principal_arn:
                self._actions[context.principal_arn.split("/")[1]].add(context.action)
            return result

        return noted

    def told(self, _method: str, _query: Query, _body: object) -> Answer:
        """The control endpoint."""
        return 200, {role: sorted(actions) for role, actions in list(self._actions.items())}


def install(context: CloudContext) -> None:
    """Note every judgment."""
    uses = Uses()
    iam_evaluator.evaluate = uses.noting(require(iam_evaluator, "evaluate"))
    context.control.route(ENDPOINT, uses.told)
