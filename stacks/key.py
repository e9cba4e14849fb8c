"""The key of the security profile `strict`."""

from __future__ import annotations

from aws_cdk import Aspects, CfnOutput, Stack
from constructs import Construct
from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.strict.customer_key import CustomerKey
from greenlight_cdk.strict.kept_data import KeptData


class KeyStack(Stack):
    """The customer's key, in a stack of its own before all others: everything that is kept is encrypted with it."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: str) -> None:
        super().__init__(scope, construct_id, description="Greenlight: the key of what is kept")
        self.key = CustomerKey(self, "Key", description=f"Greenlight, {stage}: tables, logs, queues, topic, secrets")
        Aspects.of(scope).add(KeptData(self.key))
        acknowledge(
            scope,
            "NIST.800.53.R5-IAMNoInlinePolicy",
            "Each policy says what one role may do, and is made and deleted with it: no other role could share it.",
        )
        CfnOutput(self, "KeyArn", value=self.key.key_arn)
