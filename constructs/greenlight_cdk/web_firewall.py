"""AWS WAF before the load balancer."""

from __future__ import annotations

from aws_cdk import ArnFormat, Aws, Fn, Stack
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct
from traffic_switch.contract import PREVIEW_HEADER

from greenlight_cdk.log_group import LogGroup

MANAGED_RULES = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
RATE_RULE = "RequestsPerAddress"
RATE_WINDOW_SECONDS = 300
SECRET_HEADERS = (PREVIEW_HEADER.lower(), "cookie", "authorization")
"""What opens something for whoever reads it: an idle color, somebody's session, whatever a service takes there."""
LOG_NAME_PREFIX = "aws-waf-logs-"
"""WAF delivers to log groups of this name only."""


class WebFirewall(Construct):
    """A web ACL of AWS's managed rules, which logs what it blocks.

    Neither its samples nor its log hold one of SECRET_HEADERS: a blocked request may be of somebody who is logged in.

    Request bodies over 8 KB are counted, not blocked: whether an upload is an attack is the application's to know.
    `requests_per_address` within five minutes are let through, and no more; None lets all through. A log group that
    stays when its stack goes is named after the stack's id besides, or it would be in the way of the next one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: str,
        load_balancer_arn: str,
        log_retention_days: int,
        requests_per_address: int | None,
        logs_stay: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.web_acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility(metric),
            data_protection_config=_without_secrets(),
            rules=[
                *(_managed(name, priority) for priority, name in enumerate(MANAGED_RULES)),
                *([_rate(requests_per_address)] if requests_per_address else []),
            ],
        )
        wafv2.CfnWebACLAssociation(
            self, "Association", resource_arn=load_balancer_arn, web_acl_arn=self.web_acl.attr_arn
        )
        own = f"-{Fn.select(2, Fn.split('/', Aws.STACK_ID))}" if logs_stay else ""
        self._log(f"{LOG_NAME_PREFIX}{Aws.STACK_NAME}{own}", log_retention_days)

    def _log(self, name: str, retention_days: int) -> None:
        log_group = LogGroup(self, "Logs", name=name, retention_days=retention_days)
        wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.web_acl.attr_arn,
            log_destination_configs=[self._arn_without_streams(log_group)],
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": name})
                for name in SECRET_HEADERS
            ],
            logging_filter=_only_blocked(),
        )

    def _arn_without_streams(self, log_group: LogGroup) -> str:
        """Return the log group's ARN as WAF stores it: without the `:*` that the resource's own attribute ends in."""
        return Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=log_group.log_group_name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )


def _managed(name: str, priority: int) -> wafv2.CfnWebACL.RuleProperty:
    large_bodies = wafv2.CfnWebACL.RuleActionOverrideProperty(
        name="SizeRestrictions_BODY", action_to_use=wafv2.CfnWebACL.RuleActionProperty(count={})
    )
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_visibility(name),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[large_bodies] if name == "AWSManagedRulesCommonRuleSet" else None,
            )
        ),
    )


def _rate(limit: int) -> wafv2.CfnWebACL.RuleProperty:
    """The last rule: what the others block counts for nothing."""
    return wafv2.CfnWebACL.RuleProperty(
        name=RATE_RULE,
        priority=len(MANAGED_RULES),
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        visibility_config=_visibility(RATE_RULE),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=limit, evaluation_window_sec=RATE_WINDOW_SECONDS
            )
        ),
    )


def _without_secrets() -> wafv2.CfnWebACL.DataProtectionConfigProperty:
    """Put REDACTED in the headers' place wherever WAF shows a request: samples, logs, details of what a rule matched.

    Protection of a web ACL applies across all output destinations (WAF developer guide, Data protection).
    """
    headers = wafv2.CfnWebACL.FieldToProtectProperty(field_type="SINGLE_HEADER", field_keys=list(SECRET_HEADERS))
    hidden = wafv2.CfnWebACL.DataProtectProperty(
        field=headers, action="SUBSTITUTION", exclude_rule_match_details=False, exclude_rate_based_details=False
    )
    return wafv2.CfnWebACL.DataProtectionConfigProperty(data_protections=[hidden])


def _visibility(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )


def _only_blocked() -> dict[str, object]:
    """Keep requests that a rule blocked or counted; logging the rest would cost more than the firewall."""
    conditions = [{"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT")]
    keep = {"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": conditions}
    return {"DefaultBehavior": "DROP", "Filters": [keep]}
