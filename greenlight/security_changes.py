"""What the CDK CLI says when a deploy would widen permissions and it can ask nobody.

`cdk deploy --require-approval broadening` prints, for each such stack, the changes of IAM and of security groups, and
goes no further without a terminal (CDK CLI 2.1148.1, `askUserConfirmation`). Our own deploys never have one.
"""

from __future__ import annotations

import re

from greenlight.wording import printable

UNASKED = "terminal (TTY) is not attached so we are unable to get a confirmation"
BLOCK = re.compile(r"^Stack (?P<stack>Greenlight\w+)[^\n]*\n(?P<tables>.*?)^\(NOTE: ", re.MULTILINE | re.DOTALL)


def security_changes(output: str) -> dict[str, str]:
    """The stacks that were not deployed for want of an approval, each with its tables; none when that is not why."""
    return {found["stack"]: _shown(found["tables"]) for found in BLOCK.finditer(output)} if UNASKED in output else {}


def _shown(tables: str) -> str:
    """As the CLI drew them, without control characters: a policy may hold any."""
    return "\n".join(re.sub(r"[^ ]+", lambda word: printable(word[0]), line) for line in tables.splitlines())
