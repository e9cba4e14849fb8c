"""The security profile: what strict refuses, and what it turns on by itself."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.options.security import STRICT_REQUESTS_PER_ADDRESS
from stacks.settings import Settings, SettingsError
from tests.strict_settings import STRICT


def _settings(**given: Any) -> Settings:
    return Settings.from_context({"services": {"shop": {"blue_version": "1", "green_version": "1"}}, **given})


def test_strict_takes_what_a_security_team_takes() -> None:
    assert _settings(**STRICT).is_strict


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"certificate_arn": None, "domain_name": None}, "no certificate_arn"),
        ({"production_port": 80}, "production_port 80"),
        ({"nat_gateways": 0}, "nat_gateways 0"),
        ({"waf": False}, "waf false"),
        ({"deletion_protection": False}, "deletion_protection false"),
        ({"preview_rotation_days": 0}, "preview_rotation_days 0"),
        ({"ssh_cidr": "203.0.113.7/32"}, "ssh_cidr 203.0.113.7/32"),
        ({"log_retention_days": 180}, "log_retention_days 180"),
        ({"flow_log_retention_days": 30}, "flow_log_retention_days 30"),
        ({"egress": None}, "no egress"),
        ({"egress": ["0.0.0.0/0:443", "0.0.0.0/0:80"]}, "egress 0.0.0.0/0:80"),
    ],
)
def test_strict_refuses_what_a_security_team_refuses(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=f"^security: got 'strict' with {said} \\(allowed"):
        _settings(**{**STRICT, **changed})


def test_standard_takes_all_of_it() -> None:
    _settings(waf=False, deletion_protection=False, log_retention_days=1, flow_log_retention_days=1)


def test_a_rate_rule_is_there_for_whoever_sets_it() -> None:
    assert _settings().rate_limit is None
    assert _settings(requests_per_address=500).rate_limit == 500


def test_all_that_strict_refuses_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        _settings(security="strict")

    assert str(refused.value).count("(allowed") == 5
    assert "\n" not in str(refused.value)


def test_strict_may_reach_other_ports_of_networks_that_are_named() -> None:
    assert _settings(**{**STRICT, "egress": "0.0.0.0/0:443,10.9.0.0/16:5432"}).egress == (
        "0.0.0.0/0:443",
        "10.9.0.0/16:5432",
    )


@pytest.mark.parametrize("egress", ["443", "10.0.0.0/8", "10.0.0.0/8:0", "10.0.0.0/8:65536", "10.0.0.1/8:443", ":443"])
def test_an_egress_is_a_network_and_a_port(egress: str) -> None:
    with pytest.raises(SettingsError, match="allowed: 1 to 20 of network:port"):
        _settings(egress=[egress])


def test_strict_limits_requests_though_nobody_said_how_many() -> None:
    assert _settings().rate_limit is None
    assert _settings(**STRICT).rate_limit == STRICT_REQUESTS_PER_ADDRESS
    assert _settings(**{**STRICT, "requests_per_address": 500}).rate_limit == 500


def test_a_rate_rule_needs_the_firewall() -> None:
    with pytest.raises(SettingsError, match="requests_per_address: got 500 with waf false"):
        _settings(requests_per_address=500, waf=False)
