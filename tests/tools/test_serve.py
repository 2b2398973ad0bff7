"""Serving the site: its port, its address, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs336_core._shared.static_server import listen
from tools import serve
from tools.shell.errors import UserError
from tools.shell.paths import ROOT


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_address_and_ends_well(
    tmp_path: Path, request_to_end: signal.Signals
) -> None:
    (tmp_path / "index.html").touch()
    program = (
        "import sys, pathlib; from tools import serve; from tools.shell import errors;"
        f"serve.HTML = pathlib.Path({str(tmp_path)!r}); sys.exit(errors.run_main(serve.main))"
    )
    with listen() as probe:
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        assert (
            server.stdout.readline()
            == f"The course is at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
        )
        server.send_signal(request_to_end)
        assert server.communicate(timeout=30) == ("", "")
    assert server.returncode == 0


def test_a_site_that_is_not_built_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "HTML", tmp_path)
    with pytest.raises(UserError, match="make serve"):
        serve.main()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which another program listens."""
    with listen() as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "8 0", "1e3", "٨٠", "8080.0"])
def test_an_invalid_port_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="must be a number from 1 to 65535"):
        serve.requested_port({"PORT": text})


def test_a_taken_port_is_refused_if_it_was_requested(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(taken))
    with pytest.raises(UserError, match=f"Port {taken} is in use"):
        serve.check_port()


def test_a_taken_default_is_replaced_with_a_message(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    with serve.open_port(taken) as opened:
        port = opened.getsockname()[1]
    assert port != taken
    assert capsys.readouterr().out == (
        f"Port {taken} is in use by another program; using {port} instead.\n"
    )


def test_a_reserved_port_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_address: tuple[str, int]) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("socket.create_server", refuse)
    monkeypatch.setenv("PORT", "80")
    with pytest.raises(UserError, match="Port 80 is reserved for the system"):
        serve.check_port()
