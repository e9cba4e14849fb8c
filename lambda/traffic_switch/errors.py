"""What can stop a switch, one class for each thing that an operator would do next.

SwitchError
├── RequestError        the custom resource asks for something impossible: correct the request
├── LockHeldError       another switch of the service is running: wait for it
├── LockLostError       this switch ran past its deadline and another one took over: look at that one
├── RuleError           the production rule is not what was written: look for who else writes it
└── FrontDoorError      the load balancer did not follow the rule in time: look at the load balancer
"""

from __future__ import annotations


class SwitchError(Exception):
    """The base of everything that a switch refuses or gives up for."""


class RequestError(SwitchError):
    """CloudFormation asked for something that no switch can do."""


class LockHeldError(SwitchError):
    """Another switch holds the service's lock; nothing was touched."""


class LockLostError(SwitchError):
    """The lock is no longer this switch's, so it must not write."""


class RuleError(SwitchError):
    """The production rule did not read back as written, or is of a shape that Greenlight does not own."""


class FrontDoorError(SwitchError):
    """Production traffic did not agree with the rule before the deadline."""
