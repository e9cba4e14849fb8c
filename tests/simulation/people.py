"""A person at the console: edits the rule by hand, aborts a switch. What a person does takes effect at one instant."""

from __future__ import annotations

from typing import Any

from traffic_switch.contract import JOURNAL_KEY

from tests.simulation.cloud import JOURNAL
from tests.simulation.site import COLORS, Site


class Operator:
    """Somebody with every right and no care."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._cloud = site.cloud

    def set_weights(self, blue: int, green: int, others: dict[str, int] | None = None, sticky: bool = False) -> None:
        """Edit the rule's weights; `others` are further target groups by ARN."""
        given = [(self._site.group(color), weight) for color, weight in zip(COLORS, (blue, green), strict=True)]
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in [*given, *(others or {}).items()]]
        stickiness: dict[str, Any] = {"Enabled": sticky} | ({"DurationSeconds": 3600} if sticky else {})
        config = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}
        self._do("modify_rule", RuleArn=self._arn(), Actions=[{"Type": "forward", "ForwardConfig": config}])

    def other_group(self) -> str:
        """A target group that is none of the service's."""
        return next(iter(set(self._cloud.elbv2.groups) - {self._site.group(color) for color in COLORS}))

    def set_paths(self, *paths: str) -> None:
        """Edit the rule's conditions."""
        condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": list(paths)}}
        self._do("modify_rule", RuleArn=self._arn(), Conditions=[condition])

    def set_priority(self, priority: int) -> None:
        """Move the rule to another priority."""
        self._do("set_rule_priorities", RulePriorities=[{"RuleArn": self._arn(), "Priority": priority}])

    def redirect(self, host: str) -> None:
        """Make the rule send everybody elsewhere."""
        action = {"Type": "redirect", "RedirectConfig": {"Host": host, "StatusCode": "HTTP_302"}}
        self._do("modify_rule", RuleArn=self._arn(), Actions=[action])

    def delete_rule(self) -> None:
        """Delete the rule."""
        self._do("delete_rule", RuleArn=self._arn())

    def abort(self, switch_id: str, reason: str = "aborted by hand") -> None:
        """What `greenlight abort` does: a word in the switch's record, which the bake reads."""
        request = {
            "TableName": JOURNAL,
            "Key": {JOURNAL_KEY: {"S": f"switch#{switch_id}"}},
            "UpdateExpression": "SET #abort = :reason",
            "ExpressionAttributeNames": {"#abort": "abort"},
            "ExpressionAttributeValues": {":reason": {"S": reason}},
        }
        self._cloud.dynamodb.update_item(request)
        self._note("dynamodb.UpdateItem", request)

    def _arn(self) -> str:
        rule = self._site.rule()
        assert rule is not None, "there is no production rule to edit"
        return str(rule["RuleArn"])

    def _do(self, method: str, **request: Any) -> None:
        getattr(self._cloud.elbv2, method)(request)
        self._note("elbv2." + "".join(part.capitalize() for part in method.split("_")), request)

    def _note(self, call: str, request: dict[str, Any]) -> None:
        self._cloud.kernel.note(f"operator: {call}", request)
        self._cloud.happened(call, request)
