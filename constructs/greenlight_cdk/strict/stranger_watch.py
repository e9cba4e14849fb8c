"""Pages people when somebody else does what only Greenlight's own functions should do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from greenlight_cdk.names import Names

ELB = "elasticloadbalancing"
DETAIL_TYPE = "AWS API Call via CloudTrail"
RULE_CALLS = ("CreateRule", "DeleteListener", "DeleteRule", "ModifyListener", "ModifyRule", "SetRulePriorities")
PARAMETER_CALLS = ("DeleteParameter", "DeleteParameters", "PutParameter")
DOCUMENT_CALLS = ("DeleteDocument", "UpdateDocument", "UpdateDocumentDefaultVersion")
START_CALLS = ("RedriveExecution", "StartExecution")
About = Mapping[str, Any]
"""Of which request a rule takes note: a pattern of its parameters."""
CLOUDFORMATION = "cloudformation.amazonaws.com"


class StrangerWatch(Construct):
    """One rule for each service: a call that changes what users get, by nobody of Greenlight's own.

    Greenlight's own are the roles named here, and CloudFormation, whose name stands as the source address of what it
    does for a deploy (CloudTrail user guide, sourceIPAddress). Calls reach EventBridge through CloudTrail: the account
    needs a trail that logs management events of this region, and a page comes some minutes later (EventBridge user
    guide, AWS service events delivered via CloudTrail). It tells what happened and prevents nothing.
    """

    def __init__(self, scope: Construct, construct_id: str, *, names: Names, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        self._names, self._topic = names, topic

    def watch_rules(self, load_balancer: elbv2.ApplicationLoadBalancer, own: Sequence[str]) -> None:
        """Page when a listener or a rule of the load balancer is changed by no role of `own` (ARNs)."""
        name = load_balancer.load_balancer_full_name
        rules, listeners = (
            [{"prefix": Stack.of(self).format_arn(service=ELB, resource=kind, resource_name=f"{name}/")}]
            for kind in ("listener-rule", "listener")
        )
        about: list[About] = [{"ruleArn": rules}, {"rulePriorities": {"ruleArn": rules}}, {"listenerArn": listeners}]
        self._watch("Rules", ELB, RULE_CALLS, about, own)

    def watch_starts(self, machine: sfn.StateMachine, own: Sequence[str]) -> None:
        """Page when an execution is started, or started again, by no role of `own`."""
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{machine.state_machine_name}:",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        about: list[About] = [
            {"stateMachineArn": [machine.state_machine_arn]},
            {"executionArn": [{"prefix": executions}]},
        ]
        self._watch("Starts", "states", START_CALLS, about, own)

    def watch_parameters(self) -> None:
        """Page when a parameter or the document of the host is written: deploys alone do that."""
        below = [{"prefix": f"{self._names.parameters}/"}]
        document = self._names.run_document
        named: About = {"name": [*below, document, {"suffix": f":document/{document}"}]}
        about = [named, {"names": below}]
        self._watch("Parameters", "ssm", (*PARAMETER_CALLS, *DOCUMENT_CALLS), about, ())

    def _watch(self, name: str, service: str, calls: Sequence[str], about: Sequence[About], own: Sequence[str]) -> None:
        identity = {"sessionContext": {"sessionIssuer": {"arn": [{"anything-but": list(own)}, {"exists": False}]}}}
        events.Rule(
            self,
            name,
            description=f"Somebody else than Greenlight called {service}: {', '.join(calls)}",
            event_pattern=events.EventPattern(
                source=[f"aws.{service}"],
                detail_type=[DETAIL_TYPE],
                detail={
                    "eventSource": [f"{service}.amazonaws.com"],
                    "eventName": list(calls),
                    "sourceIPAddress": [{"anything-but": [CLOUDFORMATION]}],
                    "$or": [{"requestParameters": each} for each in about],
                    **({"userIdentity": identity} if own else {}),
                },
            ),
            targets=[targets.SnsTopic(self._topic, message=_page(self._names))],
        )


def _page(names: Names) -> events.RuleTargetInput:
    """What, when, who, from where; nothing of the request, which may hold more than a page should."""
    said = {
        part: events.EventField.from_path(f"$.detail.{part}")
        for part in ("eventName", "eventTime", "sourceIPAddress", "userIdentity.arn", "errorCode")
    }
    return events.RuleTargetInput.from_text(
        f"Greenlight {names}: {said['userIdentity.arn']} called {said['eventName']} at {said['eventTime']} from"
        f" {said['sourceIPAddress']} (error: {said['errorCode']}). No part of Greenlight did. If nobody of you did,"
        " somebody may be attacking: look at CloudTrail, then run `greenlight status` and `greenlight doctor`."
    )
