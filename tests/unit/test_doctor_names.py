"""Where names lead, without a name server."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from greenlight.doctor.ports.names import HOSTS_VARIABLE, addresses

LINES = """# a rehearsal's names
127.0.0.1 shop.example.com www.example.com # not other.example.com

::1 shop.example.com
"""


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("shop.example.com", {"127.0.0.1", "::1"}),
        ("www.example.com", {"127.0.0.1"}),
        ("other.example.com", None),
        ("127.0.0.1:20412", {"127.0.0.1"}),
    ],
)
def test_a_rehearsals_names_are_those_of_its_file_and_no_name_server_is_asked(
    name: str, leads_to: set[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(LINES)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("a name server was asked"))

    assert addresses(name, {HOSTS_VARIABLE: str(hosts)}) == leads_to


@pytest.mark.parametrize(("code", "answer"), [(socket.EAI_NONAME, None), (socket.EAI_AGAIN, "raised")])
def test_a_name_that_does_not_exist_is_told_from_a_server_that_does_not_answer(
    code: int, answer: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "no")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    if answer is None:
        assert addresses("shop.example.com", {}) is None
    else:
        with pytest.raises(socket.gaierror):
            addresses("shop.example.com", {})
