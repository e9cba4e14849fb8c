"""Approval/AWS/Manual: waits until somebody answers with the token.

docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html: a message to the topic, seven days by default.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.cloud.codepipeline.errors import ActionFailedError
from greenlight.rehearsal.cloud.codepipeline.step import Step

DEFAULT_MINUTES = 7 * 24 * 60.0
_LONGEST_SUBJECT = 100


def play(step: Step) -> Mapping[str, str]:
    """Ask, and wait. Raises ActionFailedError when it is rejected, or nobody answers."""
    step.run.token = str(uuid.uuid4())
    if topic := step.configuration.get("NotificationArn"):
        _tell(step, topic)
    result, summary = step.wait(lambda: step.run.decision, DEFAULT_MINUTES, "nobody answered")
    step.run.summary = summary
    if result != "Approved":
        raise ActionFailedError(f"Rejected: {summary}", "Rejected")
    return {}


def _tell(step: Step, topic: str) -> None:
    """The message is that of approvals-json-format.html. Approvers find the token with GetPipelineState, too."""
    run, name = step.run, step.run.execution.definition.name
    link = f"https://console.aws.amazon.com/codesuite/codepipeline/pipelines/{name}/view?region={REGION}"
    approval = {
        "pipelineName": name,
        "stageName": run.stage.name,
        "actionName": run.action.name,
        "token": run.token,
        "externalEntityLink": step.configuration.get("ExternalEntityLink"),
        "approvalReviewLink": link,
        "customData": step.configuration.get("CustomData"),
    }
    message = json.dumps({"region": REGION, "consoleLink": link, "approval": approval})
    subject = f"APPROVAL NEEDED: AWS CodePipeline {name} for action {run.action.name}"[:_LONGEST_SUBJECT]
    step.call("sns", "publish", TopicArn=topic, Subject=subject, Message=message)
