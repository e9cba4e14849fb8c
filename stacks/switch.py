"""The switch at run time: state machine, functions, alarms and the topic that tells people."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct
from greenlight_cdk.host_age_watch import HostAgeWatch
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.release_topic import ReleaseTopic
from greenlight_cdk.rotation_watch import RotationWatch
from greenlight_cdk.strict.stranger_watch import StrangerWatch
from greenlight_cdk.switch_alarms import ColorAlarms
from greenlight_cdk.switch_duties import START
from greenlight_cdk.traffic_switch import TrafficSwitch
from traffic_switch.config import Row, domain_and_others, written
from traffic_switch.contract import AlarmKind, Color, alarm_name

from stacks.data import DataStack
from stacks.edge import EdgeStack
from stacks.function_environment import policy
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
        alarms = [alarm for service in settings.services for alarm in self._alarms(service)]
        self.switch = TrafficSwitch(
            self,
            "Switch",
            stage=settings.names.stage,
            release_stack=settings.names.stack("Release"),
            journal=data.journal,
            requests=data.requests,
            load_balancer=edge.load_balancer,
            listener=edge.listener,
            preview_secret=edge.preview_secret,
            topic=self.topic,
            config=self.to_json_string(self._config()),
            policy=self.to_json_string(policy(settings)),
            deadline=Duration.seconds(settings.switch_deadline_seconds),
            drift_look=Duration.minutes(settings.drift_look_minutes),
            log_retention_days=settings.log_retention_days,
        )
        self.switch.wait_for(alarms)
        if settings.is_strict:
            self._watch_strangers()
        RotationWatch(self, "Rotation", functions=edge.preview_functions, topic=self.topic)
        if settings.compute == "ec2":
            self._watch_host()
        CfnOutput(self, "StateMachineArn", value=self.switch.state_machine.state_machine_arn)
        CfnOutput(self, "TopicArn", value=self.topic.topic_arn)
        CfnOutput(self, "RequestFunctionName", value=self.switch.request.function.function_name)

    def _watch_strangers(self) -> None:
        watch = StrangerWatch(self, "Strangers", names=self._settings.names, topic=self.topic)
        rotating = [function.role.role_arn for function in self._edge.preview_functions]
        own = [*self.switch.roles_that("elasticloadbalancing:"), *rotating]
        watch.watch_rules(self._edge.load_balancer, own)
        watch.watch_starts(self.switch.state_machine, self.switch.roles_that(START))
        watch.watch_parameters()

    def _watch_host(self) -> None:
        settings = self._settings
        HostAgeWatch(
            self,
            "HostAge",
            host_stack=settings.names.compute_stack(settings.compute),
            max_age_days=settings.host_max_age_days,
            stage=settings.names.stage,
            topic=self.topic,
            log_retention_days=settings.log_retention_days,
        )

    def _config(self) -> dict[str, Any]:
        """What `traffic_switch.config` reads."""
        settings = self._settings
        edge = {
            "listener_arn": self._edge.listener.listener_arn,
            "front_door_url": self._edge.own_url,
            **domain_and_others(settings.domain_name, bool(settings.certificate_arn)),
            "alarm_prefix": settings.names.alarm_prefix,
            "alarm_names": list(settings.alarm_names),
        }
        return written(edge, {service.name: self._row(service) for service in settings.services})

    def _row(self, service: ServiceSettings) -> Row:
        groups = self._edge.target_groups[service.name]
        return Row(
            priority=service.priority,
            paths=service.paths,
            health_path=service.health_path,
            probe_path=service.probe_path,
            blue=groups[Color.BLUE].target_group_full_name,
            green=groups[Color.GREEN].target_group_full_name,
        )

    def _alarms(self, service: ServiceSettings) -> list[cloudwatch.Alarm]:
        """Make the alarms of both colors of a service."""
        alarms = [alarm for color in Color for alarm in self._color_alarms(service, color)]
        for alarm in alarms:
            alarm.add_alarm_action(actions.SnsAction(self.topic))
        return alarms

    def _color_alarms(self, service: ServiceSettings, color: Color) -> tuple[cloudwatch.Alarm, ...]:
        settings = self._settings
        return ColorAlarms(
            self,
            f"{pascal(service.name)}{color.capitalize()}",
            load_balancer=self._edge.load_balancer,
            target_group=self._edge.target_groups[service.name][color],
            period=Duration.seconds(settings.alarm_period_seconds),
            max_error_percent=settings.max_error_percent,
            max_p95_ms=settings.max_p95_ms,
            names={kind: alarm_name(settings.names.alarm_prefix, service.name, color, kind) for kind in AlarmKind},
        ).alarms
