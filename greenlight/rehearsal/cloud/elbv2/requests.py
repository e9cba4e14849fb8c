"""The API: ministack's answers, with our checks before them and the balancer told after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.elbv2 import conditions, escaping, forwarding, listing
from greenlight.rehearsal.cloud.elbv2.checks import Params, check
from greenlight.rehearsal.cloud.elbv2.edge import Edge
from greenlight.rehearsal.cloud.elbv2.errors import ApiError
from greenlight.rehearsal.cloud.elbv2.repetition import repeated
from greenlight.rehearsal.cloud.elbv2.targets import TargetRequests
from greenlight.rehearsal.cloud.requirement import require

Handler = Callable[[Params], Any]


def install(edge: Edge) -> None:
    """Put ourselves around ministack's actions."""
    require(alb, "_ACTION_MAP", "_parse_actions", "_action_xml", "_parse_conditions", "_condition_xml", "_p")
    require(alb, "_xml", "_empty", "_error", "_parse_targets_param", "_parse_member_list")
    require(alb, "_lb_xml", "_tg_xml", "_listener_xml", "_rule_xml")
    require(alb, "set_targets_for_group", "reset")
    require(provisioners, "_elbv2_load_balancer_delete")
    escaping.install()
    alb._parse_actions = _with_config(alb._parse_actions)
    alb._action_xml = _with_config_xml(alb._action_xml)
    alb._parse_conditions = _with_pairs(alb._parse_conditions)
    alb._condition_xml = _with_pairs_xml(alb._condition_xml)
    alb._ACTION_MAP.update(_own_actions(edge))
    for name, handler in alb._ACTION_MAP.items():
        alb._ACTION_MAP[name] = _around(name, handler, edge)
    alb.set_targets_for_group = _set_targets(edge)
    alb.reset = _then(alb.reset, edge)


def _own_actions(edge: Edge) -> dict[str, Handler]:
    targets = TargetRequests(edge)
    return {
        "RegisterTargets": targets.register,
        "DeregisterTargets": targets.deregister,
        "DescribeTargetHealth": targets.describe_health,
        "DeleteLoadBalancer": _delete_load_balancer,
        "DescribeTags": escaping.tags_described(alb._ACTION_MAP["DescribeTags"]),
        **listing.handlers(),
    }


def _around(name: str, handler: Handler, edge: Edge) -> Handler:
    """Check, answer, and tell the balancer what changed before the caller gets the answer."""
    changes = not name.startswith("Describe") and not name.endswith("Tags")

    def handle(params: Params) -> Any:
        try:
            check(name, params)
            answer = repeated(name, params) or handler(params)
        except ApiError as error:
            return alb._error(error.code, str(error))
        if changes and answer[0] == 200:
            edge.changed()
        return answer

    return _create_load_balancer(handle) if name == "CreateLoadBalancer" else handle


def _create_load_balancer(create: Handler) -> Handler:
    """Answer with the name that works here; ministack's was replaced only after it wrote its answer."""

    def create_load_balancer(params: Params) -> Any:
        answer = create(params)
        if answer[0] != 200:
            return answer
        name = alb._p(params, "Name")
        record = next(each for each in alb._lbs.values() if each["LoadBalancerName"] == name)
        members = f"<LoadBalancers>{listing.load_balancer_xml(record)}</LoadBalancers>"
        return alb._xml(200, "CreateLoadBalancer", members)

    return create_load_balancer


def _delete_load_balancer(params: Params) -> Any:
    """Delete its listeners and rules as well, as AWS does. One that is not there is no error."""
    provisioners._elbv2_load_balancer_delete(alb._p(params, "LoadBalancerArn"), {})
    return alb._empty("DeleteLoadBalancer")


def _with_config(parse: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[dict[str, Any]]]:
    def parse_actions(params: Params, prefix: str = "DefaultActions") -> list[dict[str, Any]]:
        found = enumerate(parse(params, prefix), start=1)
        return [
            forwarding.complete(action, forwarding.from_query(params, f"{prefix}.member.{number}"))
            for number, action in found
        ]

    return parse_actions


def _with_config_xml(write: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
    def action_xml(action: dict[str, Any]) -> str:
        return write(action).removesuffix("</member>") + forwarding.config_xml(action) + "</member>"

    return action_xml


def _with_pairs(parse: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[dict[str, Any]]]:
    def parse_conditions(params: Params, prefix: str = "Conditions") -> list[dict[str, Any]]:
        found = enumerate(parse(params, prefix), start=1)
        return [conditions.from_query(record, params, f"{prefix}.member.{number}") for number, record in found]

    return parse_conditions


def _with_pairs_xml(write: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
    def condition_xml(record: dict[str, Any]) -> str:
        return write(record).removesuffix("</member>") + conditions.pairs_xml(record) + "</member>"

    return condition_xml


def _set_targets(edge: Edge) -> Callable[..., bool]:
    """What ministack's ECS calls: its own former targets drain, everyone else's stay."""

    def set_targets_for_group(arn: str, targets: Iterable[tuple[str, int]], previous_ids: Iterable[str] = ()) -> bool:
        if arn not in alb._tgs:
            return False
        wanted, former = [(target_id, int(port)) for target_id, port in targets], set(previous_ids)
        left = [each for each in edge.registrations.registered(arn) if each[0] in former and each not in wanted]
        edge.registrations.deregister(arn, left)
        edge.registrations.register(arn, wanted)
        edge.changed()
        return True

    return set_targets_for_group


def _then(reset: Callable[[], None], edge: Edge) -> Callable[[], None]:
    def reset_and_tell() -> None:
        reset()
        edge.changed()

    return reset_and_tell
