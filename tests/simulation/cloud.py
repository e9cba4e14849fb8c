"""The whole of it: the kernel, every service, the functions, and what a story asks about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config
from traffic_switch.contract import JOURNAL_KEY

from tests.simulation.client import Client
from tests.simulation.cloudwatch import CloudWatch
from tests.simulation.deliveries import Delivery, Events, Queue
from tests.simulation.doors import CloudFormation, Secrets, Stacks, StateMachine, StepFunctions
from tests.simulation.dynamodb.service import DynamoDb
from tests.simulation.dynamodb.values import Item
from tests.simulation.elbv2.service import Elbv2
from tests.simulation.faults import Fault, Faults
from tests.simulation.functions import CRASHED, Functions
from tests.simulation.hosts import Hosts
from tests.simulation.kernel import Kernel
from tests.simulation.line import Caller
from tests.simulation.notices import Notice, Topics
from tests.simulation.registry import Registry
from tests.simulation.traffic import Traffic
from tests.simulation.web import Web

JOURNAL, REQUESTS = "journal", "requests"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:greenlight"
STATE_MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:greenlight"
_PLAIN: Callable[[Any], Any] = TypeDeserializer().deserialize


class Cloud:
    """One AWS account of the simulation.

    `strict`: check every answer against botocore's model too; slow, for the tests of the fakes.
    `latency`: the least and the most seconds that a request or a reply travels.
    `clock_skew`: how far the clock of a function's machine may be off, in seconds.
    `before_call(actor, call, number)`: runs before each numbered call in the caller's process, and may let it sleep: so
    interleavings are enumerated.
    `after_event`: each is called with (call, parameters) after every call that may have changed something.
    """

    def __init__(self, seed: int = 0, faults: Faults | None = None, strict: bool = False) -> None:
        self.kernel = Kernel(seed)
        self.faults = faults or Faults()
        self.strict = strict
        self.latency = (0.003, 0.03)
        self.clock_skew = 1.0
        self.clocks_ahead: dict[str, float] = {}
        """Functions whose machines' clocks are wrong beyond that, in seconds."""
        self.calls = 0
        self.late_owner: Any = None
        """The `owner` of the process that sent the call which takes effect right now, if it lands late."""
        self.failures: list[Exception] = []
        """What functions raised, in order; most of it is meant to be."""
        self.before_call: Callable[[str, str, int], None] | None = None
        self.after_event: list[Callable[[str, Mapping[str, Any]], None]] = []
        self.state_machine_arn = STATE_MACHINE
        self.states: StateMachine | None = None
        self.stacks: Stacks | None = None
        self._made = 0
        self._plain: dict[str, tuple[Item, dict[str, Any]]] = {}
        """Each item that was asked for, and what it is in plain types: items are never changed in place."""
        self._make_services()

    def _make_services(self) -> None:
        kernel = self.kernel
        self.dynamodb = DynamoDb(kernel)
        for name in (JOURNAL, REQUESTS):
            self.dynamodb.add_table(name, JOURNAL_KEY)
        self.elbv2 = Elbv2(kernel)
        self.traffic = Traffic(kernel, self.elbv2)
        self.cloudwatch = CloudWatch(kernel, self.elbv2, self.traffic)
        self.topics = Topics(kernel)
        self.topics.topics.add(TOPIC)
        self.secrets, self.registry, self.hosts = Secrets(), Registry(kernel), Hosts(kernel)
        self.web, self.functions, self.events = Web(self), Functions(self), Events(self)
        self.deliveries: dict[str, Delivery] = {}
        self.queues: dict[str, Queue] = {}
        self._services: dict[str, Any] = {
            "dynamodb": self.dynamodb,
            "elbv2": self.elbv2,
            "cloudwatch": self.cloudwatch,
            "sns": self.topics,
            "secretsmanager": self.secrets,
            "stepfunctions": StepFunctions(self),
            "cloudformation": CloudFormation(self),
            "ecr": self.registry,
            "ssm": self.hosts,
        }

    def service(self, name: str) -> Any:
        """The service behind a boto3 client of this name."""
        return self._services[name]

    def client(self, actor: str, service: str, config: Config | None = None) -> Any:
        """A client for somebody who may do everything and whose calls meet no faults: an operator, a test."""
        return Client(self, Caller(actor), service, config)

    def invoke_async(self, name: str, payload: Any) -> None:
        """Send an event to a function, by the delivery that is set for it."""
        self.events.send(self.deliveries.get(name, Delivery(name)), payload)

    def add_queue(self, name: str, function: str, **options: Any) -> Queue:
        """A queue whose messages go to a function."""
        self.queues[name] = Queue(self, name, function, **options)
        return self.queues[name]

    def queue(self, name: str) -> Queue:
        """A queue by name."""
        return self.queues[name]

    def need_states(self) -> StateMachine:
        """The state machine, which has to be there."""
        if self.states is None:
            raise LookupError("this cloud has no state machine: set cloud.states")
        return self.states

    def need_stacks(self) -> Stacks:
        """CloudFormation's stacks, which have to be there."""
        if self.stacks is None:
            raise LookupError("this cloud has no stacks: set cloud.stacks")
        return self.stacks

    def announce(self, caller: Caller, call: str) -> Fault | None:
        """Number a call, and say which fault the plan has for it."""
        self.calls += 1
        if self.before_call is not None:
            self.before_call(caller.name, call, self.calls)
        return self.faults.planned(self.calls, caller.name, call)

    def happened(self, call: str, parameters: Mapping[str, Any]) -> None:
        """Tell everybody who watches that something may have changed."""
        for watch in self.after_event:
            watch(call, parameters)

    def travel(self) -> float:
        """Seconds that one request or reply travels."""
        low, high = self.latency
        return low + (high - low) * self.kernel.random.random()

    def skew(self) -> float:
        """How far a new machine's clock is off."""
        return self.clock_skew * (2 * self.kernel.random.random() - 1)

    def unique(self, prefix: str) -> str:
        """An id that no other has, the same in every run of one seed."""
        self._made += 1
        return f"{prefix}-{self._made:08x}"

    def kill_caller(self) -> None:
        """The machine that runs the current process dies."""
        assert self.kernel.current is not None
        self.kernel.kill(self.kernel.current, CRASHED)

    def item(self, key: str) -> dict[str, Any] | None:
        """One item of the journal, in plain Python types."""
        found = self.dynamodb.table(JOURNAL).get(key)
        if found is None:
            return None
        known = self._plain.get(key)
        if known is None or known[0] is not found:
            known = self._plain[key] = (found, {name: _PLAIN(value) for name, value in found.items()})
        return known[1].copy()

    def lock(self, service: str) -> dict[str, Any] | None:
        """The lock of a service, or None when nobody holds it."""
        return self.item(f"lock#{service}")

    def live(self, service: str) -> dict[str, Any] | None:
        """What the journal remembers as live."""
        return self.item(f"live#{service}")

    def switch_item(self, switch_id: str) -> dict[str, Any] | None:
        """The record of one switch."""
        return self.item(f"switch#{switch_id}")

    def request_item(self, switch_id: str) -> dict[str, Any] | None:
        """What is kept to answer for a switch, or None."""
        found = self.dynamodb.table(REQUESTS).get(f"request#{switch_id}")
        return None if found is None else {name: _PLAIN(value) for name, value in found.items()}

    @property
    def pages(self) -> list[Notice]:
        """The notices that were meant to wake somebody up."""
        return [notice for notice in self.topics.published if notice.pages]

    @property
    def answers(self) -> dict[str, list[dict[str, Any]]]:
        """What CloudFormation was answered, by request id."""
        by_request: dict[str, list[dict[str, Any]]] = {}
        for _, request_id, body in self.web.answers:
            by_request.setdefault(request_id, []).append(body)
        return by_request

    def run(self, until: float = float("inf")) -> None:
        """Let everything happen that is due up to a virtual time."""
        self.kernel.run(until)

    def close(self) -> None:
        """End whatever still runs."""
        self.kernel.close()

    def forget(self) -> None:
        """Let go of all there is: what refers to itself in circles is otherwise kept until garbage is collected, which
        takes a quarter of the time that a scenario takes.
        """
        for part in (*vars(self).values(), *self._services.values()):
            getattr(part, "__dict__", {}).clear()
        vars(self).clear()
