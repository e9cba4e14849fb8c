"""The script of an EC2 host with two services, and the images it may be asked to run."""

from __future__ import annotations

from collections.abc import Mapping

from greenlight_cdk.host_scripts import HostService, run_script
from greenlight_cdk.names import PRODUCTION
from traffic_switch.contract import Color

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
SHOP_1 = f"{REGISTRY}/greenlight/shop:1.0.0@sha256:{'1' * 64}"
SHOP_2 = f"{REGISTRY}/greenlight/shop:2.0.0@sha256:{'2' * 64}"
REPORT_1 = f"{REGISTRY}/greenlight/report:1.0.0@sha256:{'3' * 64}"
ROLES, SERVICES = "arn:aws:iam::123456789012:role", ("shop", "report")
VARIABLES = {"shop": {"CART_TABLE": "carts", "ORDER_TABLE": "orders"}, "report": dict[str, str]()}
MANY = {f"TABLE_{number}": f"GreenlightData-Sessions{number}ABCD123-1A2B3C4D5E6F" for number in range(6)}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ShopSessionSecretsServiceSecret-AbCdEf"
SHOP_BY_TAG = f"{REGISTRY}/greenlight/shop:1.0.0"
"""How an earlier Greenlight named an image."""


def exact(image: str) -> str:
    """What Docker is told: the repository and the digest, or the tag where there is no digest."""
    tagged, _, digest = image.partition("@")
    return f"{tagged.rpartition(':')[0]}@{digest}" if digest else tagged


def color_script(more: int = 0, *, variables: Mapping[str, Mapping[str, str]] = VARIABLES, secrets: bool = True) -> str:
    """The script that runs a color of the shop or the report, on a host with `more` services besides."""
    return run_script(
        region="eu-west-1",
        parameters=PRODUCTION.parameters,
        log_group="greenlight-containers",
        container_port=3000,
        drain_seconds=5,
        services=[
            _service("shop", 3000, variables["shop"]),
            _service("report", 3010, variables["report"]),
            *(_service(f"s{n}", 3020, MANY) for n in range(more)),
        ],
        secrets={"shop": {"SESSION_SECRETS": SECRET}} if secrets else {},
        roles={f"{service}-{color}": f"{ROLES}/{service}-{color}" for service in SERVICES for color in Color},
    )


def _service(name: str, port: int, variables: Mapping[str, str]) -> HostService:
    ports = {Color.BLUE: port, Color.GREEN: port + 1}
    return HostService(
        name=name, ports=ports, images={}, cpu_units=256, memory_mib=512, user="1000:1000", variables=variables
    )
