"""The actions of a rule or a listener: what AWS refuses of one, and of all together.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html, API_RedirectActionConfig.html and
API_FixedResponseActionConfig.html. A rule has exactly one action that ends a request, and that one is the last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from greenlight.rehearsal.cloud.elbv2 import errors

ENDINGS = ("redirect", "fixed-response", "forward")
TYPES = (*ENDINGS, "authenticate-cognito", "authenticate-oidc")
REDIRECTS = ("HTTP_302", "HTTP_301")
CONTENT_TYPES = ("text/html", "application/json", "application/javascript", "text/css", "text/plain")
LONGEST_BODY = 1024

_STATUS = r"^(2|4|5)\d\d$"
_SAME = {"Protocol": "#{protocol}", "Host": "#{host}", "Port": "#{port}", "Path": "/#{path}", "Query": "#{query}"}


def check_shape(actions: Sequence[Mapping[str, Any]]) -> None:
    """Raise ApiError for actions that no listener could have, whatever exists."""
    if not actions:
        raise errors.invalid("An action must be specified")
    for number, action in enumerate(actions, start=1):
        _check_one(action, f"actions.{number}.member")
    endings = [action["Type"] in ENDINGS for action in actions]
    if endings.count(True) != 1 or not endings[-1]:
        raise errors.ApiError(
            "InvalidLoadBalancerAction",
            "There must be exactly one forward, redirect or fixed-response action, and it must be the last one",
        )


def _check_one(action: Mapping[str, Any], member: str) -> None:
    if action["Type"] not in TYPES:
        raise errors.constraint(action["Type"], f"{member}.type", f"enum value set: [{', '.join(TYPES)}]")
    if action["Type"] == "redirect":
        _check_redirect(action.get("RedirectConfig") or {}, f"{member}.redirectConfig")
    elif action["Type"] == "fixed-response":
        _check_response(action.get("FixedResponseConfig") or {}, f"{member}.fixedResponseConfig")


def _check_redirect(config: Mapping[str, Any], member: str) -> None:
    if not config:
        raise errors.invalid("A redirect configuration must be specified")
    status = str(config.get("StatusCode"))
    if status not in REDIRECTS:
        raise errors.constraint(status, f"{member}.statusCode", f"enum value set: [{', '.join(REDIRECTS)}]")
    if all(config.get(part, same) == same for part, same in _SAME.items()):
        raise errors.ApiError(
            "InvalidLoadBalancerAction", "The redirect configuration is not valid because it creates a loop."
        )


def _check_response(config: Mapping[str, Any], member: str) -> None:
    if not config:
        raise errors.invalid("A fixed response configuration must be specified")
    status = str(config.get("StatusCode"))
    if not re.fullmatch(_STATUS, status):
        raise errors.constraint(status, f"{member}.statusCode", f"regular expression pattern: {_STATUS}")
    content_type = config.get("ContentType")
    if content_type and content_type not in CONTENT_TYPES:
        known = ", ".join(f"'{each}'" for each in CONTENT_TYPES)
        raise errors.ApiError("InvalidLoadBalancerAction", f"The ContentType must be one of:{known}")
    body = str(config.get("MessageBody") or "")
    if len(body) > LONGEST_BODY:
        raise errors.too_long(body, f"{member}.messageBody", LONGEST_BODY)
