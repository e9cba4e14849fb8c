"""What users wrote, as text in an answer: ministack puts most of it there as it is, and an `&` breaks the whole answer.

Its own functions escape the query of a redirect and the values of a header already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import alb

from greenlight.rehearsal.cloud.requirement import require

Record = dict[str, Any]


def install() -> None:
    """Escape the records before ministack writes them."""
    require(alb, "_attrs_xml", "_tg_xml", "_action_xml", "_condition_xml", "_describe_tags", "_tags")
    attributes, group, action, condition = alb._attrs_xml, alb._tg_xml, alb._action_xml, alb._condition_xml
    alb._attrs_xml = lambda given: attributes([_escaped(each) for each in given])
    alb._tg_xml = lambda record: group({**record, "HealthCheckPath": escape(record["HealthCheckPath"])})
    alb._action_xml = lambda record: action(_action(record))
    alb._condition_xml = lambda record: condition({**record, "Values": [escape(each) for each in record["Values"]]})


def tags_described(describe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Describe tags, with the text of each escaped."""

    def describe_tags(params: Any) -> Any:
        kept = {arn: alb._tags[arn] for arn in alb._parse_member_list(params, "ResourceArns") if arn in alb._tags}
        alb._tags.update({arn: [_escaped(each) for each in tags] for arn, tags in kept.items()})
        try:
            return describe(params)
        finally:
            alb._tags.update(kept)

    return describe_tags


def _action(record: Record) -> Record:
    redirect = record.get("RedirectConfig")
    query = {"Query": redirect["Query"]} if redirect and "Query" in redirect else {}
    given: Record = {"RedirectConfig": {**_escaped(redirect), **query}} if redirect else {}
    fixed = record.get("FixedResponseConfig")
    return {**record, **given, **({"FixedResponseConfig": _escaped(fixed)} if fixed else {})}


def _escaped(values: Mapping[str, Any]) -> Record:
    return {name: escape(value) if isinstance(value, str) else value for name, value in values.items()}
