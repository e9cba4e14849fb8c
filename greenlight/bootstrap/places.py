"""Where CloudFormation may do what it calls: what Greenlight's resources are named by, service by service.

CloudFormation begins the names that it makes with the stack's, and so with `Greenlight`; of some services with the
logical id, of load balancers and target groups with the first letters of the stack's, of buckets in lower case
(CloudFormation guide, "Name type"; service authorization reference, resource types).
"""

from __future__ import annotations

from collections.abc import Mapping

from greenlight_cdk.governance.upstreams import UPSTREAMS

QUALIFIER = "hnb659fds"
BOUNDARY = "cdk-greenlight-boundary"
"""The policy that bounds Greenlight's roles. No name that Greenlight's own policies can have, or a deploy could widen
it."""
PLACES: Mapping[str, tuple[str, ...]] = {
    "appconfig": ("application/*",),
    "backup": ("backup-vault:Greenlight*", "backup-plan:*"),
    "cloudwatch": ("alarm:Greenlight*",),
    "dynamodb": ("table/Greenlight*",),
    "ecr": ("repository/greenlight*",),
    "ecs": (
        "cluster/Greenlight*",
        "service/Greenlight*",
        "service-deployment/Greenlight*",
        "task-definition/Greenlight*",
    ),
    "elasticloadbalancing": (
        "loadbalancer/app/Green*",
        "listener/app/Green*",
        "listener-rule/app/Green*",
        "targetgroup/Green*",
    ),
    "events": ("rule/Greenlight*",),
    "lambda": ("function:Greenlight*", "event-source-mapping:*"),
    "logs": (
        "log-group:Greenlight*",
        "log-group:aws-waf-logs-Greenlight*",
        "log-group:/aws/vendedlogs/states/Greenlight*",
    ),
    "secretsmanager": ("secret:*PreviewSecret*", "secret:*ServiceSecret*"),
    "sns": ("Greenlight*",),
    "sqs": ("Greenlight*",),
    "ssm": ("document/Greenlight*", "parameter/greenlight*"),
    "states": ("stateMachine:Greenlight*", "stateMachine:Switch*"),
    "wafv2": (
        "regional/webacl/Greenlight*",
        "regional/webacl/Firewall*",
        "regional/managedruleset/*",
    ),
}

EVERYWHERE = (
    "appconfig:CreateApplication",
    "backup-storage:Mount*",
    "cloudwatch:DescribeAlarms",
    "ec2:*",
    "ecs:CreateCluster",
    "ecs:DeregisterTaskDefinition",
    "ecs:DescribeTaskDefinition",
    "ecs:RegisterTaskDefinition",
    "elasticloadbalancing:Describe*",
    "elasticloadbalancing:*WebACL*",
    "kms:CreateKey",
    "kms:TagResource",
    "lambda:CreateEventSourceMapping",
    "logs:*LogDelivery",
    "logs:*ResourcePolic*",
    "logs:DescribeLogGroups",
    "secretsmanager:GetRandomPassword",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
)
"""Calls that know no resources, or that know them by ids which no name begins: AWS accepts `*` alone, or nothing else
can be said beforehand."""

TAGGED = ("ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances", "kms:*")
"""Calls that know no names, and that could hurt others most: they reach what a stack of Greenlight's made, by the tag
that CloudFormation alone can set (CloudFormation guide, "Resource tags")."""

PASSED_TO = {
    "AWS::Backup::BackupSelection": ("backup", "BackupSelection.IamRoleArn"),
    "AWS::EC2::FlowLog": ("vpc-flow-logs", "DeliverLogsPermissionArn"),
    "AWS::ECS::TaskDefinition": ("ecs-tasks", "TaskRoleArn", "ExecutionRoleArn"),
    "AWS::IAM::InstanceProfile": ("ec2", "Roles"),
    "AWS::Lambda::Function": ("lambda", "Role"),
    "AWS::StepFunctions::StateMachine": ("states", "RoleArn"),
}
"""The service that is handed a role, and the properties that name it. An instance gets its profile's."""
LINKED_BY = {
    "AWS::Backup::BackupSelection": "backup",
    "AWS::ECS::Cluster": "ecs",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing",
    "AWS::WAFv2::LoggingConfiguration": "wafv2",
}
"""The service that makes a role of its own for an account's first resource of a type."""

BOUNDS: Mapping[str, tuple[str, ...]] = {
    "backup": ("arn:aws:backup:*:*:backup-vault:Greenlight*",),
    "cloudformation": ("arn:aws:cloudformation:*:*:stack/Greenlight*",),
    "dynamodb": ("arn:aws:dynamodb:*:*:table/Greenlight*",),
    "ecr": (
        "arn:aws:ecr:*:*:repository/greenlight*",
        *(f"arn:aws:ecr:*:*:repository/{upstream}/*" for upstream in UPSTREAMS),
    ),
    "elasticloadbalancing": (
        "arn:aws:elasticloadbalancing:*:*:*/Green*",
        "arn:aws:elasticloadbalancing:*:*:*/app/Green*",
    ),
    "lambda": ("arn:aws:lambda:*:*:function:Greenlight*",),
    "s3": (f"arn:aws:s3:::cdk-{QUALIFIER}-*",),
    "secretsmanager": (
        "arn:aws:secretsmanager:*:*:secret:*PreviewSecret*",
        "arn:aws:secretsmanager:*:*:secret:*ServiceSecret*",
    ),
    "sns": ("arn:aws:sns:*:*:Greenlight*",),
    "sqs": ("arn:aws:sqs:*:*:Greenlight*",),
    "ssm": (
        "arn:aws:ec2:*:*:instance/*",
        "arn:aws:ssm:*:*:document/Greenlight*",
        "arn:aws:ssm:*:*:parameter/greenlight*",
        f"arn:aws:ssm:*:*:parameter/cdk-bootstrap/{QUALIFIER}/version",
    ),
    "states": (
        "arn:aws:states:*:*:execution:Greenlight*",
        "arn:aws:states:*:*:execution:Switch*",
        "arn:aws:states:*:*:stateMachine:Greenlight*",
        "arn:aws:states:*:*:stateMachine:Switch*",
    ),
    "sts": (f"arn:aws:iam::*:role/cdk-{QUALIFIER}-*", "arn:aws:iam::*:role/Greenlight*"),
}
"""How far roles of Greenlight's can reach, whatever their policies come to say."""
UNBOUND = (
    "cloudformation:[DGL]*",
    "dynamodb:DescribeTable",
    "ecr:DescribeRegistry",
    "ecr:GetAuthorizationToken",
    "ecr:GetRegistryScanningConfiguration",
    "ecr:GetSigningConfiguration",
    "elasticloadbalancing:Describe*",
    "ssm:GetCommandInvocation",
    "ssm:UpdateInstanceInformation",
)
"""Calls of theirs that know no resources, or look around."""
KEY_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
KEY_USERS = ("dynamodb", "ec2", "secretsmanager", "sns", "sqs")
"""What the policy of strict's key allows everybody of the account, and through which services. A boundary limits what a
resource's policy gives to a role (IAM guide, "Permissions boundaries for IAM entities"), so that it stands there too.
"""
