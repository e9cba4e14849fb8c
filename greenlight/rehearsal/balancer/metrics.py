"""The AWS/ApplicationELB metrics of what Envoy has seen, by their real names and dimensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from greenlight.rehearsal.balancer.access_log import Request
from greenlight.rehearsal.balancer.health import Health, TargetState

Dimensions = tuple[tuple[str, str], ...]

NAMESPACE = "AWS/ApplicationELB"


@dataclass(frozen=True)
class Datum:
    """Values of one metric, with how often each was seen."""

    name: str
    dimensions: Dimensions
    unit: str
    values: tuple[tuple[float, int], ...]


def request_data(requests: Iterable[Request]) -> list[Datum]:
    """Count requests. As on AWS, a metric that would be zero is not there at all."""
    counts: Counter[tuple[str, Dimensions]] = Counter()
    times: dict[Dimensions, Counter[float]] = {}
    for request in requests:
        for dimensions in _dimensions(request):
            counts.update((name, dimensions) for name in _counted(request, dimensions))
            if request.by_target and request.target_seconds is not None:
                times.setdefault(dimensions, Counter())[_rounded(request.target_seconds)] += 1
    return [
        *(Datum(name, dimensions, "Count", ((count, 1),)) for (name, dimensions), count in counts.items()),
        *(
            Datum("TargetResponseTime", dimensions, "Seconds", tuple(sorted(seconds.items())))
            for dimensions, seconds in times.items()
        ),
    ]


def host_data(health: Mapping[tuple[str, str], list[Health]]) -> list[Datum]:
    """Count hosts, by load balancer and target group. A target in another state is in neither count."""
    return [
        Datum(name, _pair(load_balancer, group), "Count", ((sum(each.state is state for each in found), 1),))
        for (load_balancer, group), found in health.items()
        for name, state in (("HealthyHostCount", TargetState.HEALTHY), ("UnHealthyHostCount", TargetState.UNHEALTHY))
    ]


def _dimensions(request: Request) -> list[Dimensions]:
    """A request counts for its load balancer, and for the target group in it if one was to answer."""
    alone = (("LoadBalancer", request.load_balancer),)
    if not request.target_group:
        return [alone]
    return [alone, _pair(request.load_balancer, request.target_group)]


def _pair(load_balancer: str, target_group: str) -> Dimensions:
    return (("LoadBalancer", load_balancer), ("TargetGroup", target_group))


def _counted(request: Request, dimensions: Dimensions) -> list[str]:
    """What the load balancer answers itself counts for it alone; RequestCount needs a target that was chosen."""
    names = []
    if request.has_target:
        names.append("RequestCount")
    if request.by_target:
        names.append(f"HTTPCode_Target_{request.status // 100}XX_Count")
    if request.connection_failed:
        names.append("TargetConnectionErrorCount")
    if len(dimensions) == 1 and not request.by_target:
        names += _own_answer(request)
    return names


def _own_answer(request: Request) -> list[str]:
    if request.status in (301, 302):
        return ["HTTP_Redirect_Count", "HTTPCode_ELB_3XX_Count"]
    fixed = ["HTTP_Fixed_Response_Count"] if request.fixed else []
    if request.status in (502, 503, 504):
        return [*fixed, "HTTPCode_ELB_5XX_Count", f"HTTPCode_ELB_{request.status}_Count"]
    return [*fixed, f"HTTPCode_ELB_{request.status // 100 or 4}XX_Count"]


def _rounded(seconds: float) -> float:
    """Keep two digits: enough for a percentile, and few distinct values."""
    return float(f"{seconds:.1e}")
