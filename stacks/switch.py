"""The switch at run time: state machine, functions, alarms and the topic that tells people."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.log_group import retention
from greenlight_cdk.release_topic import ReleaseTopic
from greenlight_cdk.switch_alarms import ColorAlarms
from greenlight_cdk.traffic_switch import TrafficSwitch
from traffic_switch.config import Policy
from traffic_switch.contract import Color

from stacks.data import DataStack
from stacks.edge import EdgeStack
from stacks.settings import ServiceSettings, Settings


class SwitchStack(Stack):
    """One switch for all services. It changes only when thresholds or Greenlight itself change, never in a release."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, data: DataStack, edge: EdgeStack
    ) -> None:
        super().__init__(scope, construct_id, description="Greenlight: the traffic switch")
        self._settings, self._edge = settings, edge
        self.topic = ReleaseTopic(self, "Topic", title=settings.names.topic_title)
        if settings.notify_email:
            self.topic.add_subscription(subscriptions.EmailSubscription(settings.notify_email))
        config = {service.name: self._config(service) for service in settings.services}
        self.switch = TrafficSwitch(
            self,
            "Switch",
            journal=data.journal,
            load_balancer=edge.load_balancer,
            listener=edge.listener,
            preview_secret=edge.preview_secret,
            topic=self.topic,
            config=self.to_json_string(config),
            policy=self.to_json_string(policy(settings)),
            deadline=Duration.seconds(settings.switch_deadline_seconds),
            drift_look=Duration.minutes(settings.drift_look_minutes),
            log_retention=retention(settings.log_retention_days),
        )
        CfnOutput(self, "StateMachineArn", value=self.switch.state_machine.state_machine_arn)
        CfnOutput(self, "TopicArn", value=self.topic.topic_arn)
        CfnOutput(self, "RequestFunctionName", value=self.switch.request.function.function_name)

    def _config(self, service: ServiceSettings) -> dict[str, Any]:
        """What `traffic_switch.config.Service` reads."""
        groups = self._edge.target_groups[service.name]
        return {
            "listener_arn": self._edge.listener.listener_arn,
            "load_balancer": self._edge.load_balancer.load_balancer_full_name,
            "front_door_url": self._edge.front_door_url,
            "priority": service.priority,
            "paths": list(service.paths),
            "health_path": service.health_path,
            "probe_path": service.probe_path,
            "target_groups": {
                color.value: {"arn": groups[color].target_group_arn, "dimension": groups[color].target_group_full_name}
                for color in Color
            },
            "alarms": {color.value: self._alarms(service, color) for color in Color},
        }

    def _alarms(self, service: ServiceSettings, color: Color) -> list[str]:
        settings = self._settings
        guard = ColorAlarms(
            self,
            f"{pascal(service.name)}{color.capitalize()}",
            load_balancer=self._edge.load_balancer,
            target_group=self._edge.target_groups[service.name][color],
            period=Duration.seconds(settings.alarm_period_seconds),
            max_error_percent=settings.max_error_percent,
            max_p95_ms=settings.max_p95_ms,
        )
        for alarm in guard.alarms:
            alarm.add_alarm_action(actions.SnsAction(self.topic))
        return [alarm.alarm_name for alarm in guard.alarms] + list(settings.alarm_names)


def policy(settings: Settings) -> dict[str, Any]:
    """The thresholds, under the names of `traffic_switch.config.Policy`."""
    return {field.name: getattr(settings, field.name) for field in fields(Policy)}
