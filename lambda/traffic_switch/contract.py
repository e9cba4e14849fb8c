"""Names that the CDK app, the Lambda functions and the operator's commands share: the one place for each of them."""

from __future__ import annotations

from enum import StrEnum


class Color(StrEnum):
    """One half of a service: its target group and the version that runs behind it."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> Color:
        """The color that is idle while this one is live."""
        return Color.GREEN if self is Color.BLUE else Color.BLUE


KEEP = "keep"
"""What a release asks for when no color is named: stay with what is live, or blue when nothing is."""

ONE_WAY = "true"
"""How the property `OneWay` of a request, and the input of an execution, say that a version is a one-way door."""

ENVIRONMENT_HEADER = "X-Environment"
VERSION_HEADER = "X-Version"
PREVIEW_HEADER = "X-Greenlight-Preview"
"""Its value is `<service>-<color>-<secret>`: the way in to an idle color, for smoke tests alone."""

PREVIEW_STAGE = "GREENLIGHT_KEYS"
"""The staging label of the secret's version that holds the values: a JSON object, by their names.

Secrets Manager's own label for what is current stays at what CloudFormation generated, which opens nothing.
"""

HTTP_PORT, HTTPS_PORT = 80, 443
"""Ports of the load balancer's listeners. One on any other port is a person's."""

PEOPLE_HTTP_PORT, PEOPLE_HTTPS_PORT = 8080, 8443
"""Where people preview from the networks of `preview_cidrs`: one of them, depending on the certificate."""
PEOPLE = "-people"
"""What the names of the values end with that people use there."""

PRODUCTION_PRIORITY = 100
PREVIEW_PRIORITIES = {Color.BLUE: 10, Color.GREEN: 11}
FULL_WEIGHT = 100

CONFIG_VARIABLE = "GREENLIGHT_CONFIG"
POLICY_VARIABLE = "GREENLIGHT_POLICY"
JOURNAL_VARIABLE = "GREENLIGHT_JOURNAL"
REQUESTS_VARIABLE = "GREENLIGHT_REQUESTS"
"""The table of the requests that are to be answered. They hold the addresses of the answers, which are secrets."""
STATE_MACHINE_VARIABLE = "GREENLIGHT_STATE_MACHINE"
RELEASE_STACK_VARIABLE = "GREENLIGHT_RELEASE_STACK"
"""The name of the one stack that may ask for a color."""

TOPIC_VARIABLE = "GREENLIGHT_TOPIC"
PREVIEW_SECRET_VARIABLE = "GREENLIGHT_PREVIEW_SECRET"
PREVIEW_NAMES_VARIABLE = "GREENLIGHT_PREVIEW_NAMES"
"""The names of all values of the preview header, separated by commas."""
LOAD_BALANCER_VARIABLE = "GREENLIGHT_LOAD_BALANCER"
ROTATION_DAYS_VARIABLE = "GREENLIGHT_ROTATION_DAYS"
SPREAD_SECONDS_VARIABLE = "GREENLIGHT_SPREAD_SECONDS"
"""How long a rule may take until the whole load balancer follows it."""
STAGE_VARIABLE = "GREENLIGHT_STAGE"
"""The stage that a function is of, and that `greenlight` takes for `--stage`; without it, production."""

RUNNING_PREFIX = "live-"
"""How tags of running images start, whatever stage they run at; the repositories' lifecycle spares them."""

PART_PREFIX = "part-"
"""How the tag of an image starts that is one platform's of a version: `delivery/github/image.sh` gives it."""

NO_VERSIONS = (RUNNING_PREFIX, PART_PREFIX, "git-", "sha256-")
"""How tags begin that name no version: those two, what names a commit's image, and what is kept beside an image (its
list of contents, its provenance)."""

JOURNAL_KEY = "pk"
JOURNAL_EXPIRY = "expires_at"

RELEASE_RESOURCE_TYPE = "Custom::GreenlightRelease"
GUARD_RESOURCE_TYPE = "Custom::GreenlightVersionGuard"
SETTINGS_GUARD_RESOURCE_TYPE = "Custom::GreenlightSettingsGuard"
PROTECTION_RESOURCE_TYPE = "Custom::GreenlightDeletionProtection"
KEPT_LISTENER_RESOURCE_TYPE = "Custom::GreenlightKeptListener"
PREVIEW_KEYS_RESOURCE_TYPE = "Custom::GreenlightPreviewKeys"
CLOSED_GROUP_RESOURCE_TYPE = "Custom::GreenlightClosedGroup"
HOST_COLOR_RESOURCE_TYPE = "Custom::GreenlightHostColor"

RECORDED_SETTINGS = "Settings"
"""The property of the settings guard's resource that holds what was deployed."""


def preview_name(service: str, color: Color) -> str:
    """Name the value of the preview header that leads to a color; the value begins with it."""
    return f"{service}-{color}"


def previous_name(name: str) -> str:
    """Name the value that was valid before; until a rotation has made one, a value that nobody was told."""
    return f"{name}-previous"


class AlarmKind(StrEnum):
    """What an alarm of a color watches."""

    ERRORS = "errors"
    LATENCY = "latency"


def alarm_name(prefix: str, service: str, color: Color, kind: AlarmKind) -> str:
    """Name one of the alarms that Greenlight makes; a name that can be derived takes no room in an environment."""
    return f"{prefix}{service}-{color}-{kind}"


def alarm_names(prefix: str, service: str, color: Color) -> tuple[str, ...]:
    """Name the alarms that Greenlight makes for a color."""
    return tuple(alarm_name(prefix, service, color, kind) for kind in AlarmKind)


def image_attribute(color: Color) -> str:
    """Name the version guard's attribute that says which image of the repository a color runs, for a task."""
    return f"{color.capitalize()}Image"


def named_image_attribute(color: Color) -> str:
    """Name the one that says so for the host, with the version."""
    return f"{color.capitalize()}NamedImage"
