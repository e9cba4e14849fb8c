"""What is compared across an act: rule, journal, processes, answers and pages, as they really are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.names import StackKind
from traffic_switch.config import load_balancer_of
from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights

from greenlight.rehearsal.journal import JournalSeen, SwitchSeen, read_journal, read_journals
from greenlight.rehearsal.runner.spec import ImageReference

if TYPE_CHECKING:
    from greenlight.rehearsal.stage import Stage


@dataclass(frozen=True)
class Message:
    """One message to the topic that people listen to."""

    subject: str
    text: str

    @property
    def is_page(self) -> bool:
        """Whether it asks for a person at once."""
        return self.subject.startswith("PAGE")


@dataclass(frozen=True)
class Snapshot:
    """One look at everything.

    Attributes:
        weights: of the production rule; None when there is no rule, or none that forwards to both colors.
        rule_arn: empty when there is no rule.
        answers: how many answers each request got that CloudFormation ever sent to a function, by its id.
        processes: those that serve each color.
        switches: every switch that was ever asked for, oldest first.
        running: names of executions that have not ended.
        dead: events that were given up: messages in dead-letter queues.
        alarms: those that ring.
        lost: what AWS would have lost without a word, in the whole run.
        others: the journal of each service whose turn it is not.
    """

    live: Live | None
    weights: Weights | None
    rule_arn: str
    lock_owner: str
    answers: Mapping[str, int]
    processes: Mapping[Color, frozenset[int]]
    switches: tuple[SwitchSeen, ...] = ()
    messages: tuple[Message, ...] = ()
    running: tuple[str, ...] = ()
    dead: int = 0
    alarms: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    others: Mapping[str, JournalSeen] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way any more."""
        answered = all(self.answers.values())
        return answered and not self.lock_owner and not self.running and all(s.is_over for s in self.switches)

    @property
    def is_calm(self) -> bool:
        """Whether an act may begin: all is settled, no alarm rings, and every process that was replaced has ended."""
        return self.is_settled and not self.alarms and all(len(serving) <= 1 for serving in self.processes.values())

    def since(self, before: Snapshot) -> tuple[SwitchSeen, ...]:
        """The switches that were asked for after another snapshot."""
        known = {switch.id for switch in before.switches}
        return tuple(switch for switch in self.switches if switch.id not in known)

    def messages_since(self, before: Snapshot) -> tuple[Message, ...]:
        """What was published after another snapshot."""
        return self.messages[len(before.messages) :]


@dataclass
class Lookout:
    """Looks at the service whose turn it is; the names of things are read once, their state at each look."""

    stage: Stage
    _names: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)

    def snapshot(self) -> Snapshot:
        """Look at everything."""
        journals = read_journals(self._table(), [each.name for each in self.stage.settings.services])
        journal = journals[self._service]
        rule_arn, weights = self.rule()
        return Snapshot(
            live=journal.live,
            weights=weights,
            rule_arn=rule_arn,
            lock_owner=journal.lock_owner,
            answers={each["RequestId"]: len(each["answers"]) for each in self.stage.ask("custom-resources")},
            processes={color: self._processes(color) for color in Color},
            switches=journal.switches,
            messages=tuple(Message(each["subject"], each["message"]) for each in self.stage.ask("messages")),
            running=tuple(self._running()),
            dead=self._dead(),
            alarms=tuple(self._ringing()),
            lost=tuple(self.stage.ask("silences")["lost"]),
            others={name: each for name, each in journals.items() if name != self._service},
        )

    def switches(self) -> tuple[SwitchSeen, ...]:
        """Look at the switches alone."""
        return read_journal(self._table(), self._service).switches

    def live_version(self, service: str) -> str:
        """The version of another service that is live; empty when none is."""
        live = read_journal(self._table(), service).live
        return live.version if live else ""

    def rule(self) -> tuple[str, Weights | None]:
        """The production rule and its weights, on whichever listener it is."""
        listener = self.outputs("Edge")["ListenerArn"]
        found = self._rule_on(listener)
        if found is None:
            balancer = load_balancer_of(listener)
            listeners = self._client("elbv2").describe_listeners(LoadBalancerArn=balancer)["Listeners"]
            rules = (self._rule_on(each["ListenerArn"]) for each in listeners)
            found = next((rule for rule in rules if rule), None)
        return (found["RuleArn"], self._weights(found["Actions"])) if found else ("", None)

    def _rule_on(self, listener: str) -> Mapping[str, Any] | None:
        rules = self._client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
        priority = str(self.stage.service.priority)
        return next((rule for rule in rules if rule["Priority"] == priority), None)

    def group(self, color: Color) -> str:
        """The ARN of a color's target group."""
        name = f"{pascal(self._service)}{color.capitalize()}TargetGroupArn"
        return self.outputs("Edge")[name]

    def address(self) -> str:
        """What the load balancer's name says here: an address and a port. A domain would lead there as well."""
        elbv2, listener = self._client("elbv2"), self.outputs("Edge")["ListenerArn"]
        (found,) = elbv2.describe_listeners(ListenerArns=[listener])["Listeners"]
        (balancer,) = elbv2.describe_load_balancers(LoadBalancerArns=[found["LoadBalancerArn"]])["LoadBalancers"]
        return str(balancer["DNSName"])

    def containers(self, color: Color) -> Sequence[Mapping[str, Any]]:
        """The containers of a color that run, each as `greenlight.rehearsal.runner.look.Look` has it."""
        repository = self.stage.settings.registry_names.repository(self._service)
        own = [c for c in self.stage.ask("containers") if ImageReference.parse(c["image"]).repository == repository]
        return [each for each in own if each["environment"] == color.value and each["state"] == "running"]

    def outputs(self, kind: StackKind) -> Mapping[str, str]:
        """The outputs of a stack, read once."""
        if kind not in self._names:
            name = self.stage.settings.names.stack(kind)
            (found,) = self._client("cloudformation").describe_stacks(StackName=name)["Stacks"]
            self._names[kind] = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        return self._names[kind]

    @property
    def _service(self) -> str:
        return self.stage.service.name

    def _weights(self, actions: Sequence[Mapping[str, Any]]) -> Weights | None:
        groups = actions[-1].get("ForwardConfig", {}).get("TargetGroups", [])
        shares = {group["TargetGroupArn"]: group["Weight"] for group in groups}
        blue, green = self.group(Color.BLUE), self.group(Color.GREEN)
        return Weights(shares[blue], shares[green]) if shares.keys() == {blue, green} else None

    def _processes(self, color: Color) -> frozenset[int]:
        return frozenset(container["pid"] for container in self.containers(color))

    def _running(self) -> list[str]:
        machine = self.outputs("Switch")["StateMachineArn"]
        found = self._client("stepfunctions").list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return [execution["name"] for execution in found["executions"]]

    def _dead(self) -> int:
        sqs = self._client("sqs")
        dead = [url for url in sqs.list_queues().get("QueueUrls", []) if "Dead" in url]
        asked = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in dead]
        return sum(int(attributes["ApproximateNumberOfMessages"]) for attributes in asked)

    def _ringing(self) -> list[str]:
        found = self._client("cloudwatch").describe_alarms(StateValue="ALARM", AlarmTypes=["MetricAlarm"])
        return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]

    def _table(self) -> Any:
        if "table" not in self._clients:
            name = self.outputs("Data")["JournalTableName"]
            self._clients["table"] = boto3.resource("dynamodb").Table(name)
        return self._clients["table"]

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(service)  # type: ignore[call-overload]
        return self._clients[service]
