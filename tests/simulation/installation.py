"""Greenlight in one cloud: its deployed definition, its real handlers and ports, its queues and its stacks."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from greenlight_cdk.switch_duties import Duty, Places, duties
from traffic_switch import asl
from traffic_switch.aws_world import AwsWorld
from traffic_switch.config import Policy
from traffic_switch.contract import JOURNAL_KEY, Color
from traffic_switch.model import Live, Weights
from traffic_switch.ports.journal_items import wire
from traffic_switch.remembered import live_to_map

from tests.simulation.actors import actor
from tests.simulation.cloud import JOURNAL, REQUESTS, STATE_MACHINE, Cloud
from tests.simulation.cloudformation.deployments import RELEASE, Declared, deploy, release
from tests.simulation.cloudformation.jobs import Deployed
from tests.simulation.cloudformation.stacks import Stacks
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.deliveries import Delivery
from tests.simulation.functions import Function
from tests.simulation.kernel import Kernel
from tests.simulation.process import Process
from tests.simulation.site import COLORS, Site, add_site, environment, open_https, serve_http
from tests.simulation.states.executions import Executions
from tests.simulation.states.machine import Machine
from tests.simulation.states.tasks import Tasks

DEADLINE_SECONDS = 450
"""The state machine's own timeout: shorter than CloudFormation's patience below."""
TIMEOUT_SECONDS = 650.0

BRIEF = Policy(
    gate_interval_seconds=5,
    gate_consecutive=2,
    gate_min_healthy=1,
    gate_deadline_seconds=60,
    smoke_requests=1,
    confirm_answers=2,
    confirm_deadline_seconds=30,
    bake_seconds=12,
    bake_interval_seconds=12,
    bake_deadline_seconds=60,
    bake_probe_rate=1,
    bake_fast_seconds=2,
    bake_batch_seconds=1,
    bake_probes=1,
    bake_blip_seconds=1,
    bake_must_detect_percent=100,
    max_error_percent=1.0,
    max_p95_ms=500,
    max_unhealthy_percent=10,
    metric_period_seconds=5,
    metric_lag_seconds=4,
    switch_deadline_seconds=DEADLINE_SECONDS,
    write_settle_seconds=20,
)
"""Production's W, and a bake that is as short as it can be: what is attacked here is the protocol, not the judge."""


@cache
def the_duties() -> Mapping[str, Duty]:
    """Every function of the switch, with what it may do."""
    places = Places("journal", "requests", "listener", "rules", "topic", "secret")
    return {duty.name: duty for duty in duties(places)}


@cache
def the_machine() -> Machine:
    """The deployed definition, compiled once."""
    text = asl.expand(asl.DEFINITION.read_text(), DEADLINE_SECONDS)
    called = {f"{name}FunctionArn": name for name in the_duties() if f"${{{name}FunctionArn}}" in text}
    return Machine(json.loads(text), called)


@cache
def the_step(duty: str) -> Callable[[Any, Any], Any]:
    """What a function does."""
    module = importlib.import_module(f"traffic_switch.handlers.{duty.lower()}")
    step: Callable[[Any, Any], Any] = module.handle.step
    return step


class Installation:
    """One service (or two) behind one switch. Everything that the CDK app wires is wired here in the same way."""

    def __init__(self, cloud: Cloud, policy: Policy = BRIEF, services: int = 1) -> None:
        self.cloud = cloud
        self.policy = policy
        self.on_tamper: list[Callable[[], None]] = []
        """Called after a person has written into the journal by hand."""
        self.sites = tuple(
            add_site(cloud, name, folder=folder)
            for name, folder in (("shop", "/shop/"), ("report", "/report/"))[:services]
        )
        cloud.cloudwatch.lag = policy.metric_lag_seconds
        self.executions = self._executions()
        self.stacks = Stacks(cloud.kernel, cloud.invoke_async, lag=0.5)
        cloud.states, cloud.stacks = self.executions, self.stacks
        cloud.web.on_answer = self.stacks.answered
        self._install()

    @property
    def site(self) -> Site:
        """The first service."""
        return self.sites[0]

    def _executions(self) -> Executions:
        cloud = self.cloud
        tasks = Tasks(cloud.kernel, cloud.functions.invoke)
        settle = cloud.add_queue("died", "Settle", visibility_seconds=400.0)
        return Executions(cloud.kernel, the_machine(), tasks, settle.send, epoch=EPOCH, machine_arn=STATE_MACHINE)

    def _install(self) -> None:
        cloud = self.cloud
        self._configure()
        failed = cloud.add_queue("unasked", "Request", visibility_seconds=60.0)
        cloud.deliveries["Request"] = Delivery("Request", failed.send, max_age=240.0)

    def _configure(self) -> None:
        cloud, variables = self.cloud, environment(self.sites, asdict(self.policy))
        for duty in the_duties().values():
            cloud.functions.add(
                Function(
                    duty.name,
                    _run(duty.name, cloud.kernel),
                    duty.timeout_seconds,
                    variables,
                    frozenset(duty.actions),
                    duty.keys,
                )
            )

    def become_https(self) -> None:
        """The edge and the switch are deployed with a certificate; the release that moves the rule comes later."""
        open_https(self.cloud, *self.sites)
        self._configure()

    def become_http(self) -> None:
        """The edge and the switch are deployed so that port 80 serves again; the release comes later."""
        serve_http(self.cloud)
        self._configure()

    def put(self, service: str, color: str, version: str) -> None:
        """A color runs a version from now on, as ECS would see to it."""
        self._site_of(service).change(color, version=version)

    def runs(self, site: Site, color: str) -> str:
        """The version that a color runs now."""
        return self.cloud.traffic.apps[site.group(color)].behavior.last.version

    def deploy(self, *declared: Declared) -> Process:
        """`cdk deploy`, in a process of its own: the colors run their versions, then the release is asked for."""
        for one in declared:
            for color in COLORS:
                self.put(one.service, color, one.version(color))
        return self.cloud.kernel.spawn(
            "cdk deploy", lambda: deploy(self.stacks, (RELEASE, release(*declared, seconds=TIMEOUT_SECONDS)))
        )

    def is_live(self, *declared: Declared) -> None:
        """Let a release be deployed and live since long ago."""
        template = release(*declared, seconds=TIMEOUT_SECONDS)
        stack = self.stacks.add(RELEASE)
        for one, logical_id in zip(declared, template, strict=True):
            site, color = self._site_of(one.service), Color(one.color)
            weights = Weights.all_on(color)
            site.write_rule(weights.blue, weights.green)
            live = Live(color, one.version(one.color), weights, f"{stack.id}/{logical_id}")
            self.tamper(f"live#{one.service}", live_to_map(live))
        stack.status = "CREATE_COMPLETE"
        stack.history.append((0.0, stack.status))
        for name, resource in template.items():
            stack.resources[name] = Deployed(resource, f"greenlight-release-{resource.sent['Service']}")

    def switches(self) -> list[dict[str, Any]]:
        """The records of all switches, in no order."""
        keys = [key for key, _ in self.cloud.dynamodb.table(JOURNAL).scan() if key.startswith("switch#")]
        return [item for key in keys if (item := self.cloud.item(key))]

    def tamper(self, key: str, attributes: Mapping[str, Any] | None) -> None:
        """A person writes an item by hand, of the journal or of the requests, or deletes it (None)."""
        item = None if attributes is None else {n: wire(v) for n, v in {JOURNAL_KEY: key, **attributes}.items()}
        table = REQUESTS if key.startswith("request#") else JOURNAL
        self.cloud.dynamodb.table(table).write(key, item)
        for hear in self.on_tamper:
            hear()

    def _site_of(self, service: str) -> Site:
        return next(site for site in self.sites if site.name == service)


def _run(duty: str, kernel: Kernel) -> Callable[[Any, Any], Any]:
    step = the_step(duty)

    def run(event: Any, surroundings: Any) -> Any:
        process = kernel.current
        assert process is not None
        process.owner = actor(duty, event)
        return step(event, AwsWorld(surroundings))

    return run
