"""Every name that Greenlight chooses itself, made from the stage in one place.

CloudFormation adds a random part to all other names. Production is the stage without a name, and its names hold none;
every other stage's names hold it, after `Greenlight` or `greenlight-`, so that no name is ever taken twice and no
prefix of production's, such as `greenlight/*`, covers a stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from traffic_switch.contract import RUNNING_PREFIX, AlarmKind, Color, alarm_name

from greenlight_cdk.identifiers import pascal

PREVIEW_TAG = "greenlight:preview"
"""On the preview rules, with the color that they lead to: whoever may change rules may not change these."""

StackKind = Literal[
    "Network",
    "Registry",
    "Data",
    "Edge",
    "Ec2Host",
    "Fargate",
    "Switch",
    "Release",
    "Key",
    "Access",
    "Pipeline",
    "Github",
    "Governance",
]
STACK_KINDS: tuple[StackKind, ...] = get_args(StackKind)


@dataclass(frozen=True, slots=True)
class Length:
    """A name as it was made, what it is the name of, and how long AWS lets it be."""

    of: str
    name: str
    most: int


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one stage: of production when `stage` is empty."""

    stage: str = ""

    def __str__(self) -> str:
        return self.stage or "production"

    def stack(self, kind: StackKind) -> str:
        """A stack, e.g. `GreenlightEdge` and `GreenlightStagingEdge`; no kind is the end of another one."""
        return f"{self._title}{kind}"

    def compute_stack(self, compute: str) -> str:
        """The stack of the colors, by the setting `compute`."""
        return self.stack("Ec2Host" if compute == "ec2" else "Fargate")

    def repository(self, service: str) -> str:
        """A service's image repository, when the stage has its own."""
        return f"{self.repositories}{service}"

    def build_cache(self, service: str) -> str:
        """The repository of what a service's builds keep for the next one.

        No rule of the registry about `greenlight/*` and `greenlight-*/*` is about it: it is not signed and not copied.
        """
        return f"greenlight.cache-{self.stage}/{service}" if self.stage else f"greenlight.cache/{service}"

    @property
    def repositories(self) -> str:
        """What the names of all repositories begin with, when the stage has its own."""
        return f"{self._path}/"

    def running_tag(self, color: Color) -> str:
        """The tag that marks the image which a color runs; stages that share a repository have their own."""
        return f"{RUNNING_PREFIX}{self.stage}-{color}" if self.stage else f"{RUNNING_PREFIX}{color}"

    def feature_flags(self, service: str) -> str:
        """The application of AppConfig that keeps a service's feature flags, where it has some."""
        return f"{self._path}-{service}"

    @property
    def parameters(self) -> str:
        """What the names of all parameters begin with."""
        return f"/{self._path}"

    def declared_image(self, service: str, color: Color) -> str:
        """The parameter with the image that a color is to run."""
        return f"{self.parameters}/{service}/{color}"

    @property
    def run_document(self) -> str:
        """The document with the script that starts containers."""
        return f"{self._title}-RunColor"

    @property
    def pipeline(self) -> str:
        """The pipeline, whose approvals an approver may answer. It is called as its stack is."""
        return self.stack("Pipeline")

    @property
    def administered(self) -> tuple[str, ...]:
        """The stacks that an administrator deploys, with credentials of their own: neither releases nor deploys do."""
        return (self.pipeline, self.stack("Governance"))

    @property
    def firewall_metric(self) -> str:
        """The web ACL's name in CloudWatch: the dimension `WebACL`, in which two ACLs of one name would add up."""
        return f"{self._title}WebAcl" if self.stage else "WebAcl"

    @property
    def alarm_prefix(self) -> str:
        """What the names of the alarms that guard the colors begin with."""
        return f"{self.stack('Switch')}-"

    @property
    def topic_title(self) -> str:
        """What mails of the topic come from."""
        return f"Greenlight {self.stage} releases" if self.stage else "Greenlight releases"

    @property
    def pipeline_title(self) -> str:
        """What mails of the pipeline's topic come from."""
        return f"Greenlight {self.stage} pipeline" if self.stage else "Greenlight pipeline"

    def lengths(self, longest_service: int) -> Iterator[Length]:
        """The names that hold the stage, and what AWS allows of each; `longest_service` is the length of one's name."""
        service = "s" * longest_service
        yield Length("a stack's name (CloudFormation, CreateStack)", max(map(self.stack, STACK_KINDS), key=len), 128)
        yield Length("a document's name (Systems Manager, CreateDocument)", self.run_document, 128)
        yield Length("a repository's name (ECR, CreateRepository)", self.repository(service), 256)
        yield Length("a repository's name (ECR, CreateRepository)", self.build_cache(service), 256)
        yield Length("an image's tag (ECR, PutImage)", self.running_tag(Color.GREEN), 128)
        yield Length("a metric's name (AWS WAF, VisibilityConfig)", self.firewall_metric, 128)
        alarm = alarm_name(self.alarm_prefix, service, Color.GREEN, AlarmKind.LATENCY)
        yield Length("an alarm's name (CloudWatch, PutMetricAlarm)", alarm, 255)
        yield Length("a topic's display name (SNS, SetTopicAttributes)", self.topic_title, 100)

    @property
    def _title(self) -> str:
        return f"Greenlight{pascal(self.stage)}"

    @property
    def _path(self) -> str:
        return f"greenlight-{self.stage}" if self.stage else "greenlight"


PRODUCTION = Names()
