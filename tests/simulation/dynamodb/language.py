"""What all of DynamoDB's expressions have in common: words, document paths, aliases and placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ministack.services._dynamodb_keywords import AWS_KEYWORDS

from tests.simulation.dynamodb.values import Item, Value
from tests.simulation.errors import invalid

Path: TypeAlias = tuple[str | int, ...]
"""An attribute, and the way into it: names (an alias still with its #) and list indexes."""

TOKEN = re.compile(r"\s*(?:(#\w+)|(:\w+)|([A-Za-z_]\w*)|(\d+)|(<=|>=|<>|[=<>(),.\[\]+\-]))")


@dataclass(frozen=True)
class Scope:
    """What an expression is evaluated with."""

    names: Mapping[str, str]
    values: Mapping[str, Value]


@dataclass
class Words:
    """The tokens of one expression, read from left to right, and which aliases and placeholders it uses."""

    kind: str
    text: str
    tokens: list[str]
    at: int = 0
    aliases: set[str] = field(default_factory=set)
    placeholders: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, kind: str, text: str) -> Words:
        """Split an expression. `kind` is the parameter's name, for messages."""
        tokens, position = [], 0
        if not text.strip():
            raise invalid(f"Invalid {kind}: The expression can not be empty;")
        while text[position:].strip():
            match = TOKEN.match(text, position)
            if match is None:
                raise invalid(f'Invalid {kind}: Syntax error; token: "{text[position:].strip()[0]}"')
            tokens.append(match.group().strip())
            position = match.end()
        return cls(kind, text, tokens)

    @property
    def next(self) -> str:
        """The token to be read, empty at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """Read the next token if it is one of these (words in any case); otherwise return an empty string."""
        token = self.next
        if token in wanted or (token.upper() in wanted and token[:1].isalpha()):
            self.at += 1
            return token.upper() if token.isalpha() else token
        return ""

    def need(self, *wanted: str) -> str:
        """Read the next token, which has to be one of these."""
        return self.take(*wanted) or self.refuse()

    def refuse(self) -> Any:
        """Stop: the next token makes no sense here."""
        near = " ".join(self.tokens[max(0, self.at - 1) : self.at + 2])
        raise invalid(f'Invalid {self.kind}: Syntax error; token: "{self.next or "<EOF>"}", near: "{near}"')

    def placeholder(self) -> str:
        """Read a `:value`."""
        token = self.next
        if not token.startswith(":"):
            self.refuse()
        self.at += 1
        self.placeholders.add(token)
        return token

    def path(self) -> Path:
        """Read a document path such as `a`, `#b.c` or `d[0]`."""
        parts: list[str | int] = [self._name()]
        while self.next in {".", "["}:
            if self.take("."):
                parts.append(self._name())
                continue
            self.at += 1
            if not self.next.isdigit():
                self.refuse()
            parts.append(int(self.next))
            self.at += 1
            self.need("]")
        return tuple(parts)

    def _name(self) -> str:
        token = self.next
        if token.startswith("#"):
            self.aliases.add(token)
        elif not (token[:1].isalpha() or token[:1] == "_"):
            self.refuse()
        elif token.upper() in AWS_KEYWORDS:
            raise invalid(f"Invalid {self.kind}: Attribute name is a reserved keyword; reserved keyword: {token}")
        self.at += 1
        return token


def resolved(path: Path, scope: Scope) -> Path:
    """The path with its aliases replaced."""
    if all(type(part) is int or part[0] != "#" for part in path):  # type: ignore[index]
        return path
    return tuple(scope.names[part] if isinstance(part, str) and part[0] == "#" else part for part in path)


def look_up(item: Item, path: Path, scope: Scope) -> Value | None:
    """The value at a path, or None when there is none."""
    if len(path) == 1:
        only = str(path[0])
        return item.get(scope.names[only] if only[0] == "#" else only)
    name, *inner = resolved(path, scope)
    value = item.get(str(name))
    for part in inner:
        if value is None:
            return None
        if isinstance(part, int):
            inside = value.get("L", [])
            value = inside[part] if part < len(inside) else None
        else:
            value = value.get("M", {}).get(part)
    return value
