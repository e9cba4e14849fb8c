"""`#{Namespace.NAME}` in an action's configuration: what an earlier action, or the start, has said.

docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from greenlight.rehearsal.cloud.codepipeline.errors import ActionFailedError
from greenlight.rehearsal.cloud.codepipeline.execution import Execution
from greenlight.rehearsal.cloud.codepipeline.validation import REFERENCE


def resolved(execution: Execution, configuration: Mapping[str, str]) -> dict[str, str]:
    """Put values in the place of references. Raises ActionFailedError for one that has none."""

    def value(match: re.Match[str]) -> str:
        namespace, name = match[1], match[2]
        known = {
            "variables": execution.variables,
            "codepipeline": {"PipelineExecutionId": execution.id},
            **execution.produced,
        }
        try:
            return known[namespace][name]
        except KeyError:
            raise ActionFailedError(
                f"The variable #{{{namespace}.{name}}} has no value: no earlier action has said it",
                "ConfigurationError",
            ) from None

    return {key: REFERENCE.sub(value, text) for key, text in configuration.items()}
