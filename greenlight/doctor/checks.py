"""Every check that the doctor makes: what is read, and who judges it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from greenlight_cdk.identifiers import pascal
from greenlight_cdk.platforms import architecture
from settings_guard.rules import refusals
from traffic_switch.contract import Color, alarm_names

from greenlight.delivery.connection import connection_status
from greenlight.deployed import Deployed
from greenlight.doctor import alarms, certificate, domain, host, images, quotas, service_roles, stack_states, upkeep
from greenlight.doctor.account import Identity, judge_bootstrap
from greenlight.doctor.connection import judge_connection
from greenlight.doctor.examination import Check
from greenlight.doctor.finding import Finding, ok
from greenlight.doctor.ports import account, front_door
from greenlight.doctor.ports.aws import Aws
from greenlight.doctor.ports.host import Hosts
from greenlight.doctor.ports.images import Images
from greenlight.doctor.ports.names import addresses
from greenlight.doctor.ports.quotas import Quotas
from greenlight.doctor.ports.registry import Registry
from greenlight.doctor.ports.stacks import Stacks
from greenlight.doctor.ports.trail import trails
from greenlight.doctor.ports.upkeep import Upkeep
from greenlight.doctor.registry import judge_registry
from greenlight.doctor.traffic import judge_traffic
from greenlight.doctor.trail import judge_trail
from greenlight.project import Project
from greenlight.scene import PAUSE_SECONDS, Scene
from greenlight.templates import recorded_settings
from greenlight.waiting import awaited
from stacks.recorded import recorded
from stacks.settings import ServiceSettings

DEFAULT_QUALIFIER = "hnb659fds"
QUALIFIER = "@aws-cdk/core:bootstrapQualifier"
LAG_SECONDS = 3.0
"""How long a rule that reads otherwise is looked at again: DescribeRules lags behind writes."""
NOT_YET = "nothing is deployed yet"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


class Doctor:
    """The checks of one project in one account and region."""

    def __init__(self, project: Project, aws: Aws, identity: Identity) -> None:
        self._project, self._settings = project, project.settings()
        self._aws, self._identity = aws, identity
        self._stacks = Stacks(aws, self._settings.names, self._settings.compute)
        self._registry = Stacks(aws, self._settings.registry_names, self._settings.compute)
        self._upkeep = Upkeep(aws, self._stacks)
        self._hosts = Hosts(aws, self._stacks)

    def checks(self) -> list[Check]:
        """All of them, in the order in which they are told."""
        return [
            Check("bootstrap", self._bootstrap),
            Check("stacks", lambda: stack_states.judge_stacks(self._stacks.statuses())),
            Check("settings", self._fixed),
            Check("traffic", self._traffic),
            Check("images", self._images),
            Check("host", self._host),
            Check("service-linked roles", self._roles),
            Check("certificate", self._certificate),
            Check("domain", self._domain),
            Check("alarms", self._alarms),
            Check("quotas", self._quotas),
            Check("preview secret", self._secrets),
            Check("deletion protection", self._protection),
            Check("notifications", self._notifications),
            Check("registry", self._whole_registry),
            Check("trail", self._trail),
            Check("pipeline", self._pipeline),
        ]

    def _bootstrap(self) -> Iterable[Finding]:
        qualifier = str(self._project.context().get(QUALIFIER, DEFAULT_QUALIFIER))
        return judge_bootstrap(account.bootstrap(self._aws, self._identity, qualifier), self._identity)

    def _fixed(self) -> Iterable[Finding]:
        deployed, network = recorded_settings(self._stacks.template("Network")), self._settings.names.stack("Network")
        return upkeep.judge_settings(refusals(deployed, recorded(self._settings), network))

    def _traffic(self) -> Iterator[Finding]:
        deployed = Deployed(self._settings.names)
        for service in self._settings.services:
            if not self._is_deployed(service):
                yield ok(f"{service.name}: {NOT_YET}")
                continue
            scene = awaited(partial(deployed.scene, service), _is_settled, LAG_SECONDS, PAUSE_SECONDS)
            yield from judge_traffic(service, scene, self._settings.allow_live_change, time.time())

    def _is_deployed(self, service: ServiceSettings) -> bool:
        group = self._stacks.output("Edge", f"{pascal(service.name)}BlueTargetGroupArn")
        return bool(group) and bool(self._stacks.output("Data", "JournalTableName"))

    def _images(self) -> Iterable[Finding]:
        reader = Images(self._aws)
        found = [self._repository(reader, service) for service in self._settings.services]
        return images.judge_images(found, self._settings.image_platform)

    def _repository(self, reader: Images, service: ServiceSettings) -> images.Repository:
        versions = tuple(dict.fromkeys([service.blue_version, service.green_version]))
        is_ours = bool(self._registry.output("Registry", f"{pascal(service.name)}RepositoryUri"))
        name = self._settings.registry_names.repository(service.name)
        return reader.repository(name, versions, is_ours, self._recorded(service, versions))

    def _recorded(self, service: ServiceSettings, versions: Iterable[str]) -> Mapping[str, str]:
        """The digests that the journal remembers of these versions."""
        if not self._is_deployed(service):
            return {}
        journal = Deployed(self._settings.names).journal
        known = {version: journal.image(service.name, version) for version in versions}
        return {version: image.digest for version, image in known.items() if image and image.digest}

    def _host(self) -> Iterable[Finding]:
        if self._settings.compute == "fargate":
            return (ok("Fargate has none"),)
        name, ami_id = self._settings.instance_type, self._settings.ami_id
        found, image = self._hosts.instance_type(name), self._hosts.image(ami_id)
        processor = architecture(self._settings.image_platform)
        return (*host.judge_host(name, found, self._hosts.zone(), image, ami_id, processor), *self._age())

    def _age(self) -> Iterator[Finding]:
        if instance := self._stacks.compute_output("InstanceId"):
            yield host.judge_age(self._hosts.host(instance), self._settings.host_max_age_days, time.time())

    def _roles(self) -> Iterable[Finding]:
        wanted = service_roles.needed(self._settings.compute)
        has_one = bool(self._stacks.physical("Edge", LOAD_BALANCER))
        return service_roles.judge_roles(wanted, account.roles(self._aws, wanted), has_one)

    def _certificate(self) -> Iterable[Finding]:
        arn, name = self._settings.certificate_arn, self._settings.domain_name
        open_to_read = () if self._settings.serves_https else (certificate.unencrypted(),)
        if arn is None or name is None:
            return open_to_read
        misplaced = tuple(certificate.misplaced(arn, self._identity))
        found = None if misplaced else front_door.certificate(self._aws, arn)
        return (*(misplaced or certificate.judge_certificate(found, name, datetime.now(UTC))), *open_to_read)

    def _domain(self) -> Iterable[Finding]:
        name = self._settings.domain_name
        if name is None:
            return (ok("domain_name is not set: users ask for the load balancer's own name"),)
        arns = self._stacks.physical("Edge", LOAD_BALANCER)
        door = front_door.dns_name(self._aws, arns[0]) if arns else ""
        return domain.judge_domain(name, addresses(name), door, addresses(door) if door else None)

    def _trail(self) -> Iterable[Finding]:
        is_strict = self._settings.is_strict
        return judge_trail(trails(self._aws) if is_strict else (), is_strict)

    def _whole_registry(self) -> Iterable[Finding]:
        wanted = self._settings.makes_governance
        return judge_registry(Registry(self._aws, self._stacks).settings(self._settings) if wanted else ())

    def _pipeline(self) -> Iterable[Finding]:
        arn = self._settings.pipeline_connection_arn
        return judge_connection(arn, connection_status(self._aws.client, arn)) if arn else (ok("there is none"),)

    def _alarms(self) -> Iterable[Finding]:
        named, own = self._settings.alarm_names, self._upkeep.own_alarms()
        prefix, services = self._settings.names.alarm_prefix, self._settings.services
        guards = {name for each in services for color in Color for name in alarm_names(prefix, each.name, color)}
        return alarms.judge_alarms(named, own, guards, self._upkeep.alarm_states({*named, *own}))

    def _quotas(self) -> Iterable[Finding]:
        demand = quotas.Demand(
            len(self._settings.services), self._settings.nat_gateways, bool(self._settings.preview_cidrs)
        )
        return quotas.judge_quotas(Quotas(self._aws, self._stacks).rooms(demand))

    def _secrets(self) -> Iterable[Finding]:
        found, days = self._upkeep.secrets(datetime.now(UTC)), self._settings.preview_rotation_days
        return tuple(upkeep.judge_secret(*each, days) for each in found.items()) or (ok(NOT_YET),)

    def _protection(self) -> Iterable[Finding]:
        return upkeep.judge_protection(self._settings.deletion_protection, self._upkeep.protected())

    def _notifications(self) -> Iterable[Finding]:
        return upkeep.judge_listeners(self._settings.notify_email, self._upkeep.subscriptions())


def _is_settled(scene: Scene) -> bool:
    """Whether the rule is as the journal says, or a switch is seen to be at it."""
    return bool(scene.lock) or not scene.drift
