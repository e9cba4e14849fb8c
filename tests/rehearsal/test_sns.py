"""SNS in the local cloud: what people would have been told can be looked up."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import started

pytestmark = pytest.mark.rehearsal


def test_every_message_that_a_topic_took_is_kept_in_its_order(tmp_path: Path) -> None:
    with started(tmp_path, "iam", "sns") as cloud:
        topic = cloud.client("sns").create_topic(Name="releases")["TopicArn"]
        forbidden = cloud.user("sns", "nobody", ["sns:ListTopics"])

        cloud.client("sns").publish(TopicArn=topic, Subject="PAGE: shop", Message="held")
        with pytest.raises(ClientError):
            forbidden.publish(TopicArn=topic, Message="never")
        cloud.client("sns").publish(TopicArn=topic, Message="rolled back")

        kept = [(each["topic"], each["subject"], each["message"]) for each in cloud.control("messages")]
        assert kept == [(topic, "PAGE: shop", "held"), (topic, "", "rolled back")]


def test_an_address_waits_until_somebody_confirms_it(tmp_path: Path) -> None:
    """SNS API reference, ListSubscriptionsByTopic: PendingConfirmation in the place of the ARN."""
    with started(tmp_path, "iam", "sns") as cloud:
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="releases")["TopicArn"]
        queue = f"{topic.replace(':sns:', ':sqs:')}-copy"
        for protocol, endpoint in (("email", "ops@example.com"), ("sqs", queue)):
            sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)

        found = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

        shown = {each["Protocol"]: each["SubscriptionArn"] for each in found}
        assert shown["email"] == "PendingConfirmation"
        assert shown["sqs"].startswith(f"{topic}:")
