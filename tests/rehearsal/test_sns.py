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
