"""The part of CloudWatch's metric math that Greenlight's alarms and queries use: a grammar and its evaluation.

or      := and (("OR" | "||") and)*
and     := compare (("AND" | "&&") compare)*
compare := sum (("==" | "!=" | "<=" | ">=" | "<" | ">") sum)?
sum     := product (("+" | "-") product)*
product := unary (("*" | "/") unary)*
unary   := "-" unary | atom
atom    := number | id | "(" or ")" | "IF" "(" or "," or ("," or)? ")" | "FILL" "(" or "," (or | "REPEAT") ")"
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from greenlight.rehearsal.cloud.cloudwatch.series import Operand, Series, Window, choose, combine, fill

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*|\.\d+)|([A-Za-z][A-Za-z0-9_]*)|(==|!=|<=|>=|&&|\|\||[-+*/<>(),]))")
_WORDS = {"AND": "&&", "OR": "||"}
_END = ""

Compute = Callable[[float, float], float | None]


class MetricMathError(Exception):
    """An expression that cannot be rehearsed: wrong on AWS too, or outside the grammar above."""


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _truth(test: Callable[[float, float], bool]) -> Compute:
    return lambda left, right: float(test(left, right))


_LEVELS: tuple[Mapping[str, Compute], ...] = (
    {"||": _truth(lambda left, right: bool(left or right))},
    {"&&": _truth(lambda left, right: bool(left and right))},
    {
        "==": _truth(operator.eq),
        "!=": _truth(operator.ne),
        "<=": _truth(operator.le),
        ">=": _truth(operator.ge),
        "<": _truth(operator.lt),
        ">": _truth(operator.gt),
    },
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": _divide},
)


def evaluate(expression: str, known: Mapping[str, Operand], window: Window) -> Series:
    """Work out an expression over the series that its ids name.

    Raises:
        MetricMathError: the text is not an expression, names an unknown id, or gives a number instead of a series.
    """
    reader = _Reader(expression, _tokens(expression), known, window)
    result = reader.binary(0)
    reader.expect(_END)
    if not isinstance(result, Series):
        raise MetricMathError(f"metric math '{expression}' gives a number: it must use at least one metric")
    return result


def _tokens(expression: str) -> list[str]:
    tokens, at, text = [], 0, expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise MetricMathError(f"metric math '{expression}' has '{text[at:].strip()[0]}', which is not rehearsed")
        tokens.append(_WORDS.get(match[0].strip(), match[0].strip()))
        at = match.end()
    return [*tokens, _END]


@dataclass
class _Reader:
    """Reads an expression from left to right and works it out on the way."""

    expression: str
    tokens: list[str]
    known: Mapping[str, Operand]
    window: Window
    at: int = field(default=0)

    def take(self) -> str:
        token = self.tokens[self.at]
        self.at += token is not _END
        return token

    def expect(self, wanted: str) -> None:
        token = self.take()
        if token != wanted:
            raise self.problem(f"'{token or 'the end'}' where '{wanted or 'the end'}' belongs")

    def problem(self, what: str) -> MetricMathError:
        return MetricMathError(f"metric math '{self.expression}' has {what}")

    def binary(self, level: int) -> Operand:
        if level == len(_LEVELS):
            return self.unary()
        result = self.binary(level + 1)
        while self.tokens[self.at] in _LEVELS[level]:
            compute = _LEVELS[level][self.take()]
            result = combine(result, self.binary(level + 1), compute)
        return result

    def unary(self) -> Operand:
        if self.tokens[self.at] == "-":
            self.take()
            return combine(0.0, self.unary(), operator.sub)
        return self.atom()

    def atom(self) -> Operand:
        token = self.take()
        if token == "(":
            inner = self.binary(0)
            self.expect(")")
            return inner
        if token[:1].isdigit() or token.startswith("."):
            return float(token)
        if self.tokens[self.at] == "(":
            return self.function(token)
        if token in self.known:
            return self.known[token]
        raise self.problem(f"'{token or 'the end'}', which is none of the ids {sorted(self.known)}")

    def function(self, name: str) -> Operand:
        if name not in ("IF", "FILL"):
            raise self.problem(f"the function {name}, which is not rehearsed: only IF and FILL are")
        self.expect("(")
        first = self.binary(0)
        self.expect(",")
        result = self.condition(first) if name == "IF" else self.filled(first)
        self.expect(")")
        return result

    def condition(self, condition: Operand) -> Operand:
        yes = self.binary(0)
        if self.tokens[self.at] != ",":
            return choose(condition, yes, Series({}))
        self.take()
        return choose(condition, yes, self.binary(0))

    def filled(self, series: Operand) -> Operand:
        if self.tokens[self.at] == "REPEAT":
            self.take()
            return fill(series, None, self.window)
        return fill(series, self.binary(0), self.window)
