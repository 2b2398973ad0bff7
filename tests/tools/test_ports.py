"""A port is what was asked for, or the next free one; never a guess."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tools import ports
from tools.console import Trouble


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens at."""
    with socket.create_server((ports.HOST, 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "8 0", "1e3", "٨٠", "8080.0"])
def test_nonsense_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(Trouble, match="a number from 1 to 65535"):
        ports.asked_for({"PORT": text})


@pytest.mark.parametrize(("env", "port"), [({}, None), ({"PORT": " "}, None), ({"PORT": "81"}, 81)])
def test_what_is_asked_for(env: dict[str, str], port: int | None) -> None:
    assert ports.asked_for(env) == port


def test_a_taken_port_that_was_asked_for_is_trouble(taken: int) -> None:
    with pytest.raises(Trouble, match=f"Port {taken} is in use"):
        ports.open_port(8000, taken)
    with pytest.raises(Trouble, match=f"Port {taken} is in use"):
        ports.check(taken)


def test_a_taken_default_moves_on_and_says_so(
    taken: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with ports.open_port(taken, None) as opened:
        port = opened.getsockname()[1]
    assert taken < port < taken + ports.TRIES
    assert capsys.readouterr().out == (
        f"Port {taken} is in use by another program; taking {port} instead.\n"
    )


def test_a_free_default_is_taken_silently(capsys: pytest.CaptureFixture[str]) -> None:
    with ports.listening(0) as probe:
        port = probe.getsockname()[1]
    with ports.open_port(port, None) as opened:
        assert opened.getsockname() == (ports.HOST, port)
    assert capsys.readouterr().out == ""


def test_a_systems_port_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(port: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ports, "listening", refuse)
    with pytest.raises(Trouble, match="Port 80 is kept for the system"):
        ports.exactly(80)
