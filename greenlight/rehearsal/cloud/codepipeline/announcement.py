"""The events that CodePipeline sends to EventBridge when an execution, a stage or an action changes its state.

docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.services import eventbridge

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.cloud.codepipeline.execution import ActionRun, Execution

STARTED, RESUMED = "STARTED", "RESUMED"


def tell_execution(execution: Execution, state: str) -> None:
    """Tell of the whole execution."""
    trigger = {"trigger-type": execution.trigger.kind, "trigger-detail": execution.trigger.detail}
    more = {"execution-trigger": trigger, "pipeline-execution-attempt": float(execution.attempt)}
    _tell(execution, "Pipeline", {"state": state, **more})


def tell_stage(execution: Execution, stage: str, state: str) -> None:
    """Tell of a stage; of one that failed, with the actions that did."""
    detail: dict[str, Any] = {"stage": stage, "state": state}
    failures = [run for run in execution.runs if run.stage.name == stage and run.error]
    if state == "FAILED":
        failed = [{"action": run.action.name, "additionalInformation": run.summary} for run in failures]
        _tell(
            execution,
            "Stage",
            detail,
            {"additionalAttributes": {"failedActions": failed, "failedActionCount": len(failed)}},
        )
    else:
        _tell(execution, "Stage", detail)


def tell_action(run: ActionRun, state: str) -> None:
    """Tell of an action, with what its provider calls it."""
    kind = run.action.kind
    error_code = run.error[0] if run.error else ""
    result = {
        "external-execution-id": run.external_id,
        "external-execution-summary": run.summary,
        "error-code": error_code,
    }
    detail = {
        "action-execution-id": run.id,
        "stage": run.stage.name,
        "action": run.action.name,
        "type": {
            "owner": kind.owner,
            "category": kind.category,
            "provider": kind.provider,
            "version": kind.version,
        },
        "region": REGION,
        "state": state,
        "execution-result": {name: text for name, text in result.items() if text},
    }
    _tell(run.execution, "Action", detail)


def _tell(execution: Execution, what: str, detail: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> None:
    definition = execution.definition
    started = datetime.fromtimestamp(execution.started_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    common = {
        "pipeline": definition.name,
        "execution-id": execution.id,
        "start-time": started,
        "version": float(definition.version),
    }
    entry = {
        "Source": "aws.codepipeline",
        "DetailType": f"CodePipeline {what} Execution State Change",
        "Detail": json.dumps({**common, **detail, **(more or {})}),
        "Resources": [definition.arn],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
