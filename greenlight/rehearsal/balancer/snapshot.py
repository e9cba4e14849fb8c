"""What a load balancer serves, as one value: the balancer is told nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """A registered target, and where it really is.

    Attributes:
        target: the id that AWS knows, of an instance or an address.
        port: the port that AWS knows.
        host, real_port: where requests go on this machine.
        check_port: where health checks go on this machine.
    """

    target: str
    port: int
    host: str
    real_port: int
    check_port: int

    @property
    def key(self) -> str:
        """Name the target within its group."""
        return f"{self.target}:{self.port}"


@dataclass(frozen=True)
class HealthCheck:
    """How a target group's targets are checked. `success_codes` is a matcher: `200`, `200,204` or `200-299`."""

    path: str
    interval_seconds: float
    timeout_seconds: float
    healthy_count: int
    unhealthy_count: int
    success_codes: str


@dataclass(frozen=True)
class TargetGroup:
    """Endpoints of one kind. A group that no rule names is there, but without endpoints: it is not checked.

    Attributes:
        name: `targetgroup/<name>/<id>`, as in CloudWatch's TargetGroup dimension.
    """

    name: str
    check: HealthCheck
    endpoints: tuple[Endpoint, ...] = ()
    least_outstanding: bool = False


@dataclass(frozen=True)
class Forward:
    """Send to target groups by weight: pairs of a group's name and its weight."""

    groups: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FixedResponse:
    """Answer at once."""

    status: int
    content_type: str = ""
    body: str = ""


@dataclass(frozen=True)
class Redirect:
    """Send the client elsewhere. Each part may keep the request's own by a placeholder such as `#{host}`.

    Attributes:
        real_port: where `port` is on this machine, for a client that named the port of this machine.
    """

    status: int
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"
    real_port: int = 0


Action = Forward | FixedResponse | Redirect


@dataclass(frozen=True)
class Condition:
    """What a request must have: one of the values, which may hold the wildcards `*` and `?`.

    Attributes:
        field: `path-pattern`, `host-header`, `http-header`, `http-request-method`, `source-ip`, or `query-string`,
            whose values are pairs such as `color=blue`.
        header: the name of the header, for `http-header`.
    """

    field: str
    values: tuple[str, ...]
    header: str = ""


@dataclass(frozen=True)
class Rule:
    """An action for requests that meet all conditions."""

    arn: str
    priority: str
    conditions: tuple[Condition, ...]
    action: Action


@dataclass(frozen=True)
class TlsFiles:
    """Where the balancer reads a certificate with its chain, and its key."""

    chain: str
    key: str


@dataclass(frozen=True)
class Listener:
    """Rules in the order of their priority; the last one is the default.

    Attributes:
        load_balancer: `app/<name>/<id>`, as in CloudWatch's LoadBalancer dimension.
        port: the port that AWS knows.
        real_port: the port on this machine; one that speaks TLS may share it with one that does not.
        tls: the certificate of an HTTPS listener.
        added: headers that every response gets, by name, instead of the target's own.
    """

    arn: str
    load_balancer: str
    protocol: str
    port: int
    real_port: int
    rules: tuple[Rule, ...]
    idle_timeout_seconds: int = 60
    tls: TlsFiles | None = None
    added: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """All listeners and all target groups at one moment."""

    listeners: tuple[Listener, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
