"""Roles for people: who may look, release, approve, and break the glass."""

from __future__ import annotations

from aws_cdk import ArnFormat, DefaultStackSynthesizer, Stack
from constructs import Construct
from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.delivery_rights import BOOTSTRAP_ROLES
from greenlight_cdk.people_rights import RIGHTS, Grounds
from greenlight_cdk.person import PersonAccess

from stacks.data import DataStack
from stacks.edge import EdgeStack
from stacks.settings import Settings
from stacks.switch import SwitchStack

MACHINE_EXPORT = "ExportsOutputFnGetAttSwitchStatesMachine953181F6Name75D4A49C"
"""How cdk-nag names the state machine's import in a finding; a test fails when the acknowledgement goes unused."""
SERVICE_ROLES = "Whether a service made its own role in this account already: its name is read, and nothing is changed."


class AccessStack(Stack):
    """Policies and roles of one stage. Opt-in, and nobody's dependency: it comes and goes without touching traffic."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        data: DataStack,
        edge: EdgeStack,
        switch: SwitchStack,
    ) -> None:
        super().__init__(scope, construct_id, description="Greenlight: what people may do")
        grounds = self._grounds(settings, data, edge, switch)
        for person, rights in RIGHTS.items():
            PersonAccess(
                self,
                person,
                allowances=rights(grounds),
                principals=settings.principals[person],
                description=f"Greenlight, {settings.names}: {person.lower()}",
            )
        self._acknowledge_wildcards(settings)

    def _grounds(self, settings: Settings, data: DataStack, edge: EdgeStack, switch: SwitchStack) -> Grounds:
        qualifier = self.synthesizer.bootstrap_qualifier or DefaultStackSynthesizer.DEFAULT_QUALIFIER
        here = f"{self.account}-{self.region}"
        names, machine = settings.names, switch.switch.state_machine.state_machine_name
        return Grounds(
            journal=data.journal.table_arn,
            tables=tuple(table.table_arn for table in (data.journal, data.requests, *data.tables.values())),
            images=(self._arn("ecr", "repository", f"{settings.registry_names.repositories}*"),),
            preview_secrets=self._arn("secretsmanager", "secret", "*PreviewSecret*", colon=True),
            bootstrap_version=self._arn("ssm", "parameter", f"cdk-bootstrap/{qualifier}/version"),
            bootstrap_bucket=f"arn:{self.partition}:s3:::cdk-{qualifier}-assets-{here}",
            service_roles=tuple(
                f"arn:{self.partition}:iam::{self.account}:role/{name}*"
                for name in ("aws-service-role/", "AWSServiceRoleFor")
            ),
            bootstrap_roles=tuple(
                f"arn:{self.partition}:iam::{self.account}:role/cdk-{qualifier}-{role}-role-{here}"
                for role in BOOTSTRAP_ROLES
            ),
            pipeline=f"arn:{self.partition}:codepipeline:{self.region}:{self.account}:{names.pipeline}",
            request_function=switch.switch.request.function.function_arn,
            preview_functions=tuple(each.function.function_arn for each in edge.preview_functions),
            executions=self._arn("states", "execution", f"{machine}:*", colon=True),
            release_stack=self._arn("cloudformation", "stack", f"{names.stack('Release')}/*"),
            reads_registry=settings.makes_governance,
            connections=tuple(filter(None, [settings.pipeline_connection_arn])),
        )

    def _arn(self, service: str, resource: str, name: str, *, colon: bool = False) -> str:
        form = ArnFormat.COLON_RESOURCE_NAME if colon else ArnFormat.SLASH_RESOURCE_NAME
        return self.format_arn(service=service, resource=resource, resource_name=name, arn_format=form)

    def _acknowledge_wildcards(self, settings: Settings) -> None:
        switch, here = settings.names.stack("Switch"), "<AWS::Region>:<AWS::AccountId>"
        reasons = {
            "*": "Describe and List calls of the doctor, which looks for whatever in the account a deploy would"
            " collide with; most take no narrower resource (service authorization reference), and none changes it.",
            f"arn:<AWS::Partition>:ecr:{here}:repository/{settings.registry_names.repositories}*": "The repositories of"
            " this stage's services, whichever are declared; their images are read and never written.",
            f"arn:<AWS::Partition>:secretsmanager:{here}:secret:*PreviewSecret*": "Secrets Manager ends a secret's name"
            " in something random; only whether it is there is looked at, never its value.",
            "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/aws-service-role/*": SERVICE_ROLES,
            "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/AWSServiceRoleFor*": SERVICE_ROLES,
            f"arn:<AWS::Partition>:codepipeline:{here}:{settings.names.pipeline}/*": "Stages and actions of this"
            " one pipeline, whatever they are called.",
            f"arn:<AWS::Partition>:cloudformation:{here}:stack/{settings.names.stack('Release')}/*": "A stack's ARN"
            " ends in something random; the name is the release stack's own.",
            f"arn:<AWS::Partition>:states:{here}:execution:{switch}:{MACHINE_EXPORT}:*": "Executions are named after"
            " CloudFormation's request ids, which nobody knows beforehand; the wildcard ends at this one machine's.",
        }
        for resource, reason in reasons.items():
            acknowledge(self, f"AwsSolutions-IAM5[Resource::{resource}]", reason)
