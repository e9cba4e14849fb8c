"""What people hear of the pipeline: what failed and why, what was done, and that a run waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from greenlight_cdk.pipeline.exact_role import only_for

RUN = "CodePipeline Pipeline Execution State Change"
ACTION = "CodePipeline Action Execution State Change"
ENDED = ("STOPPED", "SUCCEEDED", "SUPERSEDED")
"""A run that failed is told by the action that did, which has the reason."""
_PATH = events.EventField.from_path


class Notices(Construct):
    """A topic of the pipeline's own, with two rules that publish to it.

    Of its own, since a policy and an export of the release topic would change the stack of the switch.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, pipeline_name: str, title: str, email: str | None
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", display_name=title, enforce_ssl=True)
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        self._name = pipeline_name
        self._reached = sns.Topic.from_topic_arn(self, "Reached", self.topic.topic_arn)
        self._tell(
            "Ended", RUN, ENDED, f"{pipeline_name}: run {_PATH('$.detail.execution-id')} {_PATH('$.detail.state')}."
        )
        self._tell("Failed", ACTION, ("FAILED",), self._failure())

    def _failure(self) -> str:
        where = f"stage {_PATH('$.detail.stage')}, action {_PATH('$.detail.action')}"
        result = "$.detail.execution-result"
        return (
            f"{self._name}: run {_PATH('$.detail.execution-id')} failed at {where}:"
            f" {_PATH(f'{result}.external-execution-summary')} {_PATH(f'{result}.external-execution-url')}"
            " `greenlight pipeline status` shows more, `greenlight status` what is live."
        )

    def _tell(self, name: str, kind: str, states: Sequence[str], message: str) -> None:
        rule = events.Rule(
            self,
            name,
            description=f"{self._name}: {kind}, {', '.join(states)}",
            event_pattern=events.EventPattern(
                source=["aws.codepipeline"],
                detail_type=[kind],
                account=[Aws.ACCOUNT_ID],
                detail={"pipeline": [self._name], "state": list(states)},
            ),
        )
        rule.add_target(targets.SnsTopic(self._reached, message=events.RuleTargetInput.from_text(message)))
        self._let_in(name, rule)

    def _let_in(self, name: str, rule: events.Rule) -> None:
        """EventBridge may publish for this rule (its guide, "Using IAM policy conditions": aws:SourceArn is the rule).

        The target of the CDK would let it in for every rule of every account, and adds nothing to a topic by its ARN.
        """
        eventbridge = iam.ServicePrincipal("events.amazonaws.com", conditions=only_for(rule.rule_arn))
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"Tell{name}", principals=[eventbridge], actions=["sns:Publish"], resources=[self.topic.topic_arn]
            )
        )
