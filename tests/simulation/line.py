"""The line between one caller and one service: what happens to a single attempt of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from tests.simulation import refusals
from tests.simulation.errors import AwsError
from tests.simulation.faults import Fault, Kind
from tests.simulation.operations import Operation

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

Parameters: TypeAlias = dict[str, Any]

DEFAULT_TIMEOUT = 60.0
"""botocore's own connect and read timeout in seconds."""


@dataclass(frozen=True)
class Caller:
    """Who calls. `grants` are the IAM actions that it may do, None for all. Only the calls of one that is
    `exposed` are numbered, and can meet a fault of the plan.
    """

    name: str
    grants: frozenset[str] | None = None
    exposed: bool = False
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For an action the patterns of the DynamoDB keys that it may be about (dynamodb:LeadingKeys)."""


class Line:
    """From a caller to a service, with the timeouts of a client's configuration."""

    def __init__(self, cloud: Cloud, caller: Caller, service: str, config: Any = None) -> None:
        self._cloud = cloud
        self._caller = caller
        self._service = cloud.service(service)
        self._connect_timeout: float = getattr(config, "connect_timeout", None) or DEFAULT_TIMEOUT
        self._read_timeout: float = getattr(config, "read_timeout", None) or DEFAULT_TIMEOUT

    def send(self, operation: Operation, parameters: Parameters, fault: Fault | None) -> Parameters:
        """One attempt: the request travels, takes effect at one instant, and the reply travels back.

        Raises:
            AwsError: the service refuses.
            HTTPClientError: no reply came.
        """
        cloud = self._cloud
        kernel = cloud.kernel
        kernel.sleep(cloud.travel())
        if fault is None and self._caller.exposed and cloud.faults.outages:
            fault = cloud.faults.outage(operation.key, kernel.time)
        if fault is not None:
            cloud.faults.met.append((cloud.calls, self._caller.name, operation.key, fault))
            kernel.note(f"fault: {operation.key}", str(fault))
            self._before(operation, parameters, fault)
        result = self._effect(operation, parameters)
        if fault is not None:
            self._after(operation, fault)
        kernel.sleep(cloud.travel())
        return result

    def _effect(self, operation: Operation, parameters: Parameters) -> Parameters:
        """The moment at which the call takes effect, or is refused."""
        cloud = self._cloud
        try:
            self._permit(operation, parameters)
            result: Parameters = getattr(self._service, operation.method)(parameters)
        except AwsError as error:
            cloud.kernel.note(operation.key, parameters, error)
            raise
        cloud.kernel.note(operation.key, parameters, result)
        if cloud.strict and not operation.check_result(result):
            raise AssertionError(f"{operation.key} answers what AWS would not: {result}")
        if operation.writes:
            cloud.happened(operation.key, parameters)
        return result

    def _permit(self, operation: Operation, parameters: Parameters) -> None:
        grants, keys = self._caller.grants, self._caller.keys
        if grants is None:
            return
        for action, key in refusals.parts(operation.key, operation.action, parameters):
            allowed = keys.get(action, ("*",))
            if action not in grants or not any(fnmatchcase(key, pattern) for pattern in allowed):
                raise refusals.denied(operation.service, self._caller.name, action)

    def _before(self, operation: Operation, parameters: Parameters, fault: Fault) -> None:
        """What a fault does before the call would take effect."""
        self._refuse(operation, parameters, fault.kind)
        service, kernel = operation.service, self._cloud.kernel
        match fault.kind:
            case Kind.UNREACHABLE:
                kernel.sleep(self._connect_timeout)
                raise ConnectTimeoutError(endpoint_url=service)
            case Kind.LOST_REQUEST:
                kernel.sleep(self._read_timeout)
                raise ReadTimeoutError(endpoint_url=service)
            case Kind.KILLED_BEFORE:
                self._cloud.kill_caller()
            case Kind.STALE if service == "elbv2":
                self._service.stale_next(fault.seconds)
            case Kind.SLOW:
                self._late(operation, parameters, fault.seconds)

    def _refuse(self, operation: Operation, parameters: Parameters, kind: Kind) -> None:
        if kind is Kind.THROTTLED:
            raise refusals.throttled(operation.service)
        if kind is Kind.DENIED:
            raise refusals.denied(operation.service, self._caller.name, operation.action)
        if kind is Kind.FAILED:
            raise refusals.failed(operation.service)
        if kind is Kind.CONFLICT and operation.service == "dynamodb":
            raise refusals.conflict(operation.key, parameters)

    def _late(self, operation: Operation, parameters: Parameters, seconds: float) -> None:
        """A slow call takes effect when it does, whether or not its caller still waits for it."""
        kernel = self._cloud.kernel
        if seconds <= self._read_timeout:
            kernel.sleep(seconds)
            return
        owner = kernel.current.owner if kernel.current else None
        kernel.at(seconds, lambda: self._zombie(operation, parameters, owner))
        kernel.sleep(self._read_timeout)
        raise ReadTimeoutError(endpoint_url=operation.service)

    def _zombie(self, operation: Operation, parameters: Parameters, owner: Any) -> None:
        """A call that lands when nobody waits for it is still the call of whoever sent it."""
        self._cloud.kernel.note(f"lands late: {operation.key}", self._caller.name)
        self._cloud.late_owner = owner
        try:
            self._effect(operation, parameters)
        except AwsError:
            return
        finally:
            self._cloud.late_owner = None

    def _after(self, operation: Operation, fault: Fault) -> None:
        """What a fault does after the call has taken effect."""
        match fault.kind:
            case Kind.LOST_REPLY:
                self._cloud.kernel.sleep(self._read_timeout)
                raise ReadTimeoutError(endpoint_url=operation.service)
            case Kind.RESET:
                raise ConnectionClosedError(endpoint_url=operation.service)
            case Kind.KILLED_AFTER:
                self._cloud.kill_caller()
