"""What a person is told of the CDK CLI's output."""

from __future__ import annotations

import pytest

from greenlight.deployment import stack_news


@pytest.mark.parametrize(
    ("line", "news"),
    [
        ("GreenlightEdge: deploying... [4/7]\n", "GreenlightEdge: deploying"),
        (" ✅  GreenlightEdge\n", "GreenlightEdge: deployed"),
        (" ✅  GreenlightEdge (no changes)\n", "GreenlightEdge: (no changes)"),
        (" ❌  GreenlightRelease failed: Error\n", "GreenlightRelease: failed"),
        (" ✅  GreenlightEdge\x1b]0;x\x07\n", "GreenlightEdge: �]0;x�"),
        ("GreenlightEdge | 0/3 | UPDATE_IN_PROGRESS | AWS::EC2::VPC\n", ""),
    ],
)
def test_only_whole_stacks_are_news(line: str, news: str) -> None:
    assert stack_news(line) == news
