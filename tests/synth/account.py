"""An account as CloudFormation would fill it from templates: what everything is called, and who may reach what.

CloudFormation ends the names that it makes in something random. Here all of them end alike, so that only what the
template says can tell two things apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.synth.templates import Template

ACCOUNT, REGION, RANDOM = "123456789012", "eu-west-1", "1A2B3C4D5E6F"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": "",
}
NAMES = ("Name", "RepositoryName", "LogGroupName", "Family", "RoleName", "FunctionName", "TableName", "BucketName",
         "QueueName", "TopicName", "AlarmName", "StateMachineName", "ClusterName", "ServiceName",
         "LoadBalancerName", "GroupName")  # fmt: skip
"""Properties by which a template can choose a name itself; elsewhere they refer to another resource's."""
NAMELESS = ("AWS::EC2::", "AWS::Lambda::Permission", "AWS::Lambda::Event", "Custom::")
RESOURCES = {
    "AWS::CloudWatch::Alarm": "cloudwatch:R:alarm:{}",
    "AWS::CodeBuild::Project": "codebuild:R:project/{}",
    "AWS::CodePipeline::Pipeline": "codepipeline:R:{}",
    "AWS::DynamoDB::Table": "dynamodb:R:table/{}",
    "AWS::EC2::Instance": "ec2:R:instance/{}",
    "AWS::ECR::Repository": "ecr:R:repository/{}",
    "AWS::ECS::Cluster": "ecs:R:cluster/{}",
    "AWS::ECS::Service": "ecs:R:service/{}",
    "AWS::ECS::TaskDefinition": "ecs:R:task-definition/{}:1",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing:R:loadbalancer/app/{}/50dc6c495c0c9188",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "elasticloadbalancing:R:targetgroup/{}/73e2d6bc24d8a067",
    "AWS::Events::Rule": "events:R:rule/{}",
    "AWS::IAM::Role": "iam:G:role/{}",
    "AWS::Lambda::Function": "lambda:R:function:{}",
    "AWS::Logs::LogGroup": "logs:R:log-group:{}:*",
    "AWS::S3::Bucket": "s3:N:{}",
    "AWS::SecretsManager::Secret": "secretsmanager:R:secret:{}",
    "AWS::SNS::Topic": "sns:R:{}",
    "AWS::SQS::Queue": "sqs:R:{}",
    "AWS::SSM::Document": "ssm:R:document/{}",
    "AWS::SSM::Parameter": "ssm:R:parameter{}",
    "AWS::StepFunctions::StateMachine": "states:R:stateMachine:{}",
    "AWS::WAFv2::WebACL": "wafv2:R:regional/webacl/{}/a1b2c3d4",
}
PLACES = {"R": f"{REGION}:{ACCOUNT}", "G": f":{ACCOUNT}", "N": ":"}
REF_IS_ARN = ("LoadBalancer", "TargetGroup", "SNS::Topic", "Secret", "StateMachine", "TaskDefinition")
INTRINSICS = (
    "Fn::GetAtt",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::GetAZs",
    "Fn::Base64",
)
"""Those after the third make text that no name and no policy here is made of."""
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


@dataclass(frozen=True)
class Reach:
    """One action on one pattern of resources that a policy allows, and whose policy it is."""

    policy: str
    action: str
    resource: str

    def matches(self, arn: str) -> bool:
        """Whether IAM would find the resource in the pattern: `*` is any text, `?` any character."""
        parts = (re.escape(part).replace(r"\?", ".") for part in self.resource.split("*"))
        return re.fullmatch(".*".join(parts), arn) is not None


@dataclass(frozen=True)
class Account:
    """The stacks of one stage as they would be deployed."""

    stacks: Mapping[str, Template]
    names: dict[tuple[str, str], str] = field(default_factory=dict, compare=False)

    @cached_property
    def exports(self) -> dict[str, str]:
        """The exports of all stacks with their values, each at the stack that makes it."""
        found = {}
        for stack, template in self.stacks.items():
            for output in template.get("Outputs", {}).values():
                if "Export" in output:
                    found[str(self.resolved(stack, output["Export"]["Name"]))] = (stack, output["Value"])
        return {name: str(self.resolved(*value)) for name, value in found.items()}

    def chosen_names(self) -> Iterator[tuple[str, str]]:
        """The kind and the name of everything whose name the template chooses."""
        for stack, template in self.stacks.items():
            yield "AWS::CloudFormation::Stack", stack
            for body in template["Resources"].values():
                if body["Type"].startswith(NAMELESS):
                    continue
                if body["Type"] == "AWS::WAFv2::WebACL":
                    yield "dimension WebACL", body["Properties"]["VisibilityConfig"]["MetricName"]
                for name in NAMES:
                    if name in body.get("Properties", {}):
                        yield body["Type"], str(self.resolved(stack, body["Properties"][name]))

    def arns(self) -> Iterator[str]:
        """Everything in the account that IAM can name, with what will be made in it at run time."""
        for stack, template in self.stacks.items():
            yield f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/0a1b2c3d"
            for logical_id, body in template["Resources"].items():
                if body["Type"] in RESOURCES or body["Type"] == LISTENER:
                    arn = self._arn(stack, logical_id)
                    yield arn.replace(":*", ":log-stream:any")
                    yield from _made_later(body["Type"], arn)

    def reaches(self) -> Iterator[Reach]:
        """What the policies of roles allow."""
        for stack, template in self.stacks.items():
            for logical_id, body in template["Resources"].items():
                if body["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
                    for statement in body["Properties"]["PolicyDocument"]["Statement"]:
                        assert statement["Effect"] == "Allow"
                        for action in _listed(statement["Action"]):
                            for resource in _listed(statement["Resource"]):
                                yield Reach(f"{stack}/{logical_id}", action, str(self.resolved(stack, resource)))
                assert not body.get("Properties", {}).get("Policies"), "a role with policies of its own: read them here"

    def resolved(self, stack: str, value: Any) -> Any:
        """A value of a template as CloudFormation would fill it in."""
        if isinstance(value, list):
            return [self.resolved(stack, each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (call := next(iter(value))) in ("Ref", *INTRINSICS):
            return self._called(stack, call, value[call])
        return {key: self.resolved(stack, each) for key, each in value.items()}

    def _called(self, stack: str, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self._ref(stack, argument)
            case "Fn::GetAtt":
                return self._attribute(stack, *argument)
            case "Fn::ImportValue":
                return self.exports[str(self.resolved(stack, argument))]
            case "Fn::Join":
                return argument[0].join(str(self.resolved(stack, part)) for part in argument[1])
        return f"{{{stack} {function}}}"

    def _ref(self, stack: str, name: str) -> str:
        own = {
            "AWS::StackName": stack,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/0a1b2c3d",
        }
        if name in (known := {**PSEUDO, **own}):
            return known[name]
        kind = self._kind(stack, name)
        return self._arn(stack, name) if kind.endswith(REF_IS_ARN) or kind == LISTENER else self._name(stack, name)

    def _attribute(self, stack: str, logical_id: str, attribute: str) -> str:
        if attribute == "Arn":
            return self._arn(stack, logical_id)
        if attribute in ("LoadBalancerFullName", "TargetGroupFullName"):
            return self._arn(stack, logical_id).rpartition(":")[2].removeprefix("loadbalancer/")
        if attribute in ("Name", "QueueName"):
            return self._name(stack, logical_id)
        return f"{stack}-{logical_id}-{attribute}"

    def _arn(self, stack: str, logical_id: str) -> str:
        kind = self._kind(stack, logical_id)
        if kind == LISTENER:
            properties = self.stacks[stack]["Resources"][logical_id]["Properties"]
            balancer = str(self.resolved(stack, properties["LoadBalancerArn"]))
            return f"{balancer.replace(':loadbalancer/', ':listener/')}/f2f7dc8efc522ab2"
        if kind not in RESOURCES:
            return f"arn:aws:{kind}:{stack}-{logical_id}"
        service, place, rest = RESOURCES[kind].split(":", 2)
        return f"arn:aws:{service}:{PLACES[place]}:{rest.format(self._name(stack, logical_id))}"

    def _name(self, stack: str, logical_id: str) -> str:
        properties = self.stacks[stack]["Resources"][logical_id].get("Properties", {})
        for name in NAMES:
            if name in properties and not self._kind(stack, logical_id).startswith(NAMELESS):
                return str(self.resolved(stack, properties[name]))
        return f"{stack}-{logical_id}-{RANDOM}"

    def _kind(self, stack: str, logical_id: str) -> str:
        return str(self.stacks[stack]["Resources"][logical_id]["Type"])


def _made_later(kind: str, arn: str) -> Iterator[str]:
    """What the switch and the applications make: rules, executions, objects."""
    if kind == LISTENER:
        yield f"{arn.replace(':listener/', ':listener-rule/')}/9683b2d02a6cabee"
    if kind == "AWS::StepFunctions::StateMachine":
        yield f"{arn.replace(':stateMachine:', ':execution:')}:6f1e2d3c"
    if kind == "AWS::S3::Bucket":
        yield f"{arn}/AWSLogs/{ACCOUNT}/any"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
