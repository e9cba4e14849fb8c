"""The shapes: settings as a file for `--config` holds them, by name. What takes longest comes first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from greenlight.rehearsal.acts.repertoire import RELEASE_ACT
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.rehearsal import Order
from greenlight.rehearsal.versions import Cast
from tests.strict_settings import CERTIFICATE, DOMAIN, STRICT
from tests.two_services import shop_and_report

Settings = dict[str, Any]

LOAD = Load(50, 10)
CAST = Cast("1.0.0", "2.0.0")

HTTPS: Settings = {"certificate_arn": CERTIFICATE, "domain_name": DOMAIN}
NONE = {"blue_version": "0", "green_version": "0"}
TWO_SERVICES: Settings = {
    "services": {
        "shop": {**NONE, "source": "services/shop", "paths": ["/*"], "priority": 100},
        "catalog": {
            **NONE,
            "source": "services/shop",
            "paths": ["/api/products*"],
            "priority": 98,
            "blue_port": 3002,
            "green_port": 3003,
            "health_path": "/api/products",
            "probe_path": "/api/products",
        },
    }
}
BARE: Settings = {"waf": False, "deletion_protection": False, "flow_log_retention_days": 1}
WATCHED: Settings = {
    "alarm_names": ["payments-are-failing"],
    "notify_email": "on-call@example.com",
    "tags": {"team": "shop"},
}

SHAPES: dict[str, Settings] = {
    "fargate-shop-and-report": {"compute": "fargate", **shop_and_report()},
    "ec2-two-services-https": {"compute": "ec2", **TWO_SERVICES, **HTTPS},
    "ec2-strict-https": {**STRICT, "compute": "ec2"},
    "fargate-strict-https": {**STRICT, "compute": "fargate"},
    "ec2-behind-nat-bare": {"compute": "ec2", "nat_gateways": 1, **BARE},
    "fargate-behind-nat-other-port": {"compute": "fargate", "nat_gateways": 1, "container_port": 8080},
    "ec2-ssh-other-network": {"compute": "ec2", "ssh_cidr": "203.0.113.0/24", "vpc_cidr": "10.64.0.0/20"},
    "fargate-people-preview-https": {"compute": "fargate", "preview_cidrs": "203.0.113.0/24", **HTTPS},
    "fargate-watched": {"compute": "fargate", **WATCHED},
}


def order(name: str, folder: Path) -> Order:
    """One shape: deployed from nothing, then one release of every service; the templates come from elsewhere."""
    settings = SHAPES[name]
    return Order(
        compute=settings["compute"],
        acts=[RELEASE_ACT],
        cast=CAST,
        load=LOAD,
        config=ConfigFile(Path(f"{name}.json"), settings),
        place=Place(folder / name, folder / "templates" / name),
    )
