"""What can stop a switch, one class for each thing that an operator would do next.

SwitchError
├── RequestError        the custom resource asks for something impossible: correct the request
├── ForgedError         neither CloudFormation nor Request made this: find out who did
├── LockLostError       this switch may not write any more, because another one ended it: look at that one
├── UnsettledError      what a switch left open could not be closed yet: it is tried again by itself
├── JournalError        an item of the journal is damaged: repair or delete the item that is named
├── AnswerError         CloudFormation does not take the answer: its request has expired
│   └── AnswerElsewhereError  the event names another place for its answer: look at who invoked the function
├── PreviewError        the secret does not say how a color is reached: deploy GreenlightEdge, or rotate again
└── AwsCallError        AWS refused or did not answer: the call and what it said are in the message; it is tried again
    └── JournalAwayError   the journal's table refused or did not answer: look at DynamoDB and at the function's role
"""

from __future__ import annotations


class SwitchError(Exception):
    """The base of everything that a switch refuses or gives up for."""


class RequestError(SwitchError):
    """CloudFormation asked for something that no switch can do."""


class ForgedError(SwitchError):
    """A request, an execution or an event that is not Greenlight's own. Nothing is done for it."""


class LockLostError(SwitchError):
    """The lock, or its present epoch, is not this switch's any more, so it must not write."""


class UnsettledError(SwitchError):
    """A switch that died is not closed yet; whoever tried will be called again."""


class JournalError(SwitchError):
    """An item of the journal cannot be understood."""


class AnswerError(SwitchError):
    """CloudFormation refused an answer for good; sending it again would not help."""


class AnswerElsewhereError(AnswerError):
    """The ResponseURL is not CloudFormation's: whoever made the event would read the answer, or use us to reach it."""


class PreviewError(SwitchError):
    """The values of the preview header are not there, or somebody else changes them."""


class AwsCallError(SwitchError):
    """A call to AWS failed. The state machine retries this one name, whatever class botocore raised."""


class JournalAwayError(AwsCallError):
    """The journal cannot be read or written right now, so that nobody can know who may write the rule."""


class RuleGoneError(Exception):
    """There is no rule with this ARN any more. Whoever writes looks at the rule again."""


class RuleExistsError(Exception):
    """A rule of this priority is there already. Whoever writes looks at the rule again."""
