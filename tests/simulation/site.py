"""A service as Greenlight sets it up at the edge: listener, preview rules, two target groups and what runs in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from greenlight_cdk.names import PRODUCTION
from preview_keys.keyring import Keyring, Pair, read, written
from traffic_switch import config
from traffic_switch.config import Row, domain_and_others
from traffic_switch.contract import (
    CONFIG_VARIABLE,
    HTTP_PORT,
    HTTPS_PORT,
    JOURNAL_VARIABLE,
    POLICY_VARIABLE,
    PREVIEW_HEADER,
    PREVIEW_SECRET_VARIABLE,
    PREVIEW_STAGE,
    PRODUCTION_PRIORITY,
    RELEASE_STACK_VARIABLE,
    REQUESTS_VARIABLE,
    STATE_MACHINE_VARIABLE,
    TOPIC_VARIABLE,
    Color,
    alarm_names,
    preview_name,
)

from tests.simulation.cloud import JOURNAL, REQUESTS, STATE_MACHINE, TOPIC, Cloud
from tests.simulation.elbv2.rules import weights
from tests.simulation.elbv2.targets import Target, TargetGroup
from tests.simulation.refusals import REGION
from tests.simulation.traffic import Behavior, Users

PLACE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
LOAD_BALANCER = "app/greenlight/50dc6c495c0c9188"
LISTENER = f"{PLACE}:listener/{LOAD_BALANCER}/f2f7dc8efc522ab2"
HTTPS = f"{PLACE}:listener/{LOAD_BALANCER}/0467ef3c8400ae65"
HOST, DOMAIN = "balancer.example", "shop.example"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:preview"
SECRET_VALUE = "0123456789abcdef" * 3
UNTOLD = "fedcba9876543210" * 3
COLORS = ("blue", "green")


@dataclass(frozen=True)
class Site:
    """One service of one cloud."""

    cloud: Cloud
    name: str
    priority: int
    paths: tuple[str, ...]
    users: Users

    def group(self, color: str) -> str:
        """The ARN of a color's target group."""
        return f"{PLACE}:{self.dimension(color)}"

    def dimension(self, color: str) -> str:
        """The target group's name in CloudWatch."""
        return f"targetgroup/{self.name}-{color}/{self.priority:08x}{COLORS.index(color):08x}"

    @property
    def listeners(self) -> tuple[str, ...]:
        """The listeners that there are, the one that is to serve first: 443 does, unless it redirects."""
        order = (LISTENER, HTTPS) if HTTPS in self.cloud.traffic.redirects else (HTTPS, LISTENER)
        return tuple(arn for arn in order if arn in self.cloud.elbv2.listeners)

    def rules(self) -> dict[str, Mapping[str, Any]]:
        """Listener to the production rule that it has."""
        found = {arn: self.cloud.elbv2.listeners[arn].with_priority(str(self.priority)) for arn in self.listeners}
        return {arn: rule for arn, rule in found.items() if rule is not None}

    def rule(self) -> Mapping[str, Any] | None:
        """The production rule as it is stored; of two, the one on the listener that is to serve."""
        return next(iter(self.rules().values()), None)

    def rule_weights(self) -> dict[str, int] | None:
        """The weights of blue and green (and of any other group by its ARN), None when there is no rule."""
        rule = self.rule()
        if rule is None:
            return None
        names = {self.group(color): color for color in COLORS}
        return {names.get(arn, arn): weight for arn, weight in weights(rule).items()}

    def followed_weights(self) -> dict[str, float]:
        """The shares that traffic follows now."""
        names = {self.group(color): color for color in COLORS}
        shares = self.cloud.traffic.shares(LISTENER, self.users.path, self.cloud.kernel.time)
        return {names.get(arn, arn): share for arn, share in shares.items()}

    def write_rule(self, blue: int, green: int) -> None:
        """Put a production rule there, as the switch would, effective at once."""
        if (rule := self.rule()) is None:
            self.write_rule_on(self.listeners[0], blue, green)
            return
        self.cloud.elbv2.modify_rule({"RuleArn": rule["RuleArn"], "Actions": self._actions(blue, green)})

    def write_rule_on(self, listener: str, blue: int, green: int) -> None:
        """Make a production rule on one of the listeners."""
        where = {"ListenerArn": listener, "Priority": self.priority}
        conditions = [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(self.paths)}}]
        self.cloud.elbv2.create_rule({**where, "Conditions": conditions, "Actions": self._actions(blue, green)})

    def _actions(self, blue: int, green: int) -> list[dict[str, Any]]:
        groups = [{"TargetGroupArn": self.group(c), "Weight": w} for c, w in zip(COLORS, (blue, green), strict=True)]
        config = {"TargetGroups": groups, "TargetGroupStickinessConfig": {"Enabled": False}}
        return [{"Type": "forward", "ForwardConfig": config}]

    def change(self, color: str, /, **behavior: Any) -> None:
        """What runs behind a color behaves otherwise from now on; see `traffic.Behavior`."""
        self.cloud.traffic.change(self.group(color), **behavior)

    def config(self) -> Row:
        """What `traffic_switch.config` reads of it."""
        path = self.users.path
        return Row(self.priority, self.paths, f"{path}health", path, self.dimension("blue"), self.dimension("green"))


def add_site(
    cloud: Cloud, name: str = "shop", versions: tuple[str, str] = ("v1", "v2"), rate: float = 10.0, folder: str = "/"
) -> Site:
    """Set up a service: two healthy colors behind their preview rules, users, and no production rule yet."""
    if LISTENER not in cloud.elbv2.listeners:
        _open_listener(cloud)
    number = len(cloud.elbv2.groups) // 2
    users = Users(LISTENER, folder, rate)
    site = Site(cloud, name, PRODUCTION_PRIORITY + number, (f"{folder}*",), users)
    for color, version in zip(COLORS, versions, strict=True):
        _add_color(site, color, version, 10 + 2 * number + COLORS.index(color))
        for alarm in alarm_names("", name, Color(color)):
            cloud.cloudwatch.alarms[alarm] = "OK"
    cloud.traffic.users.append(users)
    return site


def open_https(cloud: Cloud, *sites: Site) -> None:
    """What the edge does when it gets a certificate: a listener of its own, with the ways in to both colors. The one
    before redirects what no rule takes.
    """
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    cloud.elbv2.add_listener(HTTPS, HTTPS_PORT, [fixed])
    cloud.web.front_doors[f"https://{HOST}"] = HTTPS
    cloud.traffic.redirects[LISTENER] = HTTPS
    for site in sites:
        for rule in list(cloud.elbv2.listeners[LISTENER].rules.values()):
            if rule["Priority"].isdecimal() and int(rule["Priority"]) < PRODUCTION_PRIORITY and _is_of(site, rule):
                _add_preview(site, HTTPS, int(rule["Priority"]), rule["Conditions"], rule["Actions"])


def serve_http(cloud: Cloud) -> None:
    """What the edge does when port 80 is to serve again: what no rule takes on 443 is sent to 80, and the other way
    round, so that users come to the rule wherever it is.
    """
    cloud.traffic.redirects[HTTPS] = LISTENER


def _is_of(site: Site, rule: Mapping[str, Any]) -> bool:
    return bool(set(weights(rule)) & {site.group(color) for color in COLORS})


def _add_preview(site: Site, listener: str, priority: int, conditions: Any, actions: Any) -> None:
    where = {"ListenerArn": listener, "Priority": priority}
    site.cloud.elbv2.create_rule({**where, "Conditions": conditions, "Actions": actions})


def environment(sites: tuple[Site, ...], policy: Mapping[str, Any]) -> dict[str, str]:
    """The environment variables of the switch's functions."""
    return {
        CONFIG_VARIABLE: json.dumps(config.written(_edge(sites[0]), {site.name: site.config() for site in sites})),
        POLICY_VARIABLE: json.dumps(policy),
        JOURNAL_VARIABLE: JOURNAL,
        REQUESTS_VARIABLE: REQUESTS,
        TOPIC_VARIABLE: TOPIC,
        PREVIEW_SECRET_VARIABLE: SECRET,
        STATE_MACHINE_VARIABLE: STATE_MACHINE,
        RELEASE_STACK_VARIABLE: PRODUCTION.stack("Release"),
        "AWS_REGION": REGION,
    }


def _edge(site: Site) -> dict[str, Any]:
    """What all services share: the listener that is to serve, and the one that served before, if it is another."""
    serving, *others = site.listeners
    url = f"{'https' if serving == HTTPS else 'http'}://{HOST}"
    more = domain_and_others(DOMAIN if others else None, bool(others))
    return {"listener_arn": serving, "front_door_url": url, "alarm_prefix": "", "alarm_names": [], **more}


def _open_listener(cloud: Cloud) -> None:
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    cloud.elbv2.add_listener(LISTENER, HTTP_PORT, [fixed])
    cloud.web.front_doors[f"http://{HOST}"] = LISTENER
    cloud.secrets.add(SECRET, written(Keyring()), PREVIEW_STAGE)


def _preview_header(cloud: Cloud, name: str) -> dict[str, Any]:
    """What a color's preview rule asks for, after it was made known in the secret."""
    kept = read(cloud.secrets.get_secret_value({"SecretId": SECRET, "VersionStage": PREVIEW_STAGE})["SecretString"])
    pair = Pair(f"{name}-{SECRET_VALUE}", f"{name}-{UNTOLD}")
    cloud.secrets.add(SECRET, written(replace(kept, pairs={**kept.pairs, name: pair})), PREVIEW_STAGE)
    return {"HttpHeaderName": PREVIEW_HEADER, "Values": [pair.current, pair.previous]}


def _add_color(site: Site, color: str, version: str, priority: int) -> None:
    cloud, arn = site.cloud, site.group(color)
    port = 3000 + COLORS.index(color)
    cloud.elbv2.groups[arn] = TargetGroup(arn, port, targets={("i-1", port): Target("i-1", port)})
    cloud.traffic.add(arn, Behavior(color, version))
    conditions = [
        {"Field": "http-header", "HttpHeaderConfig": _preview_header(cloud, preview_name(site.name, Color(color)))}
    ]
    actions = [{"Type": "forward", "TargetGroupArn": arn}]
    _add_preview(site, LISTENER, priority, conditions, actions)
