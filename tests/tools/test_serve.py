"""The site's own server: types, validators, compression, and nothing outside its folder."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tools import serve
from tools.shell.errors import UserError
from tools.shell.paths import ROOT
from tools.static_files import answer, compressed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site, and a secret beside it."""
    site = tmp_path / "html"
    (site / "lectures" / "词元 a").mkdir(parents=True)
    (site / "index.html").write_text("<p>course</p>" * 200)
    (site / "small.css").write_text("p{}")
    (site / "host.mjs").write_text("export {}")
    (site / "picture.png").write_bytes(b"\x89PNG" * 1000)
    (site / "lectures" / "词元 a" / "index.html").write_text("token")
    (site / ".stamp").write_text("made of")
    (tmp_path / "secret").write_text("secret")
    (site / "link").symlink_to(tmp_path / "secret")
    return site


@pytest.fixture
def site(folder: Path) -> Iterator[HTTPConnection]:
    """A connection to the served folder."""
    with serve.Server(folder, socket.create_server((serve.HOST, 0))) as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        with closing(HTTPConnection("127.0.0.1", server.server_address[1])) as connection:
            yield connection
        server.shutdown()
        thread.join()


def get(site: HTTPConnection, target: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """Ask for a target on the one connection."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    site.request("GET", target, headers=named)
    response = site.getresponse()
    return response, response.read()


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html?step=3#top", "text/html; charset=utf-8"),
        ("/small.css", "text/css; charset=utf-8"),
        ("/host.mjs", "text/javascript; charset=utf-8"),
        ("/picture.png", "image/png"),
        ("/lectures/%E8%AF%8D%E5%85%83%20a/", "text/html; charset=utf-8"),
    ],
)
def test_types(site: HTTPConnection, target: str, kind: str) -> None:
    response, body = get(site, target)
    assert response.status == 200
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"] == "no-cache"
    assert int(response.headers["Content-Length"]) == len(body)


def test_one_connection_serves_many_requests(site: HTTPConnection) -> None:
    for _ in range(3):
        response, _ = get(site, "/")
        assert response.version == 11
        assert not response.will_close


def test_text_is_compressed_for_those_who_take_it(site: HTTPConnection, folder: Path) -> None:
    plain = (folder / "index.html").read_bytes()
    response, body = get(site, "/", Accept_Encoding="br, gzip")
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(body) == plain
    response, body = get(site, "/", Accept_Encoding="gzip;q=0")
    assert response.headers["Content-Encoding"] is None
    assert body == plain


@pytest.mark.parametrize("target", ["/picture.png", "/small.css"])
def test_what_would_not_shrink_is_sent_as_it_is(site: HTTPConnection, target: str) -> None:
    response, _ = get(site, target, Accept_Encoding="gzip")
    assert response.headers["Content-Encoding"] is None


def test_a_known_page_is_not_sent_again(site: HTTPConnection) -> None:
    first, _ = get(site, "/")
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If_None_Match": f'"x", {tag}'}, {"If_Modified_Since": date}):
        response, body = get(site, "/", **headers)
        assert (response.status, body) == (304, b"")
        assert response.headers["ETag"] == tag


def test_a_rebuilt_page_is_sent_again(site: HTTPConnection, folder: Path) -> None:
    first, _ = get(site, "/")
    page = folder / "index.html"
    page.write_text("new")
    os.utime(page, ns=(10**18, 10**18))
    response, body = get(site, "/", If_None_Match=first.headers["ETag"])
    assert (response.status, body) == (200, b"new")


@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 -0000",
        f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT",
    ],
)
def test_an_old_or_odd_date_gets_the_page(site: HTTPConnection, date: str) -> None:
    response, _ = get(site, "/", If_Modified_Since=date)
    assert response.status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/../secret",
        "/%2e%2e/secret",
        "/lectures/..%2f..%2fsecret",
        "/..%5csecret",
        "/link",
        "/.stamp",
        "/%00",
        "/missing.html",
        "/lectures/",
        "//etc/passwd",
        "/" + "a" * 5000,
        "/index.html/",
        "/small.css/",
    ],
)
def test_nothing_outside_the_folder_and_no_listing(site: HTTPConnection, target: str) -> None:
    response, body = get(site, target)
    assert response.status == 404
    assert b"secret" not in body


@pytest.mark.parametrize("target", ["http://[", "http://[::1", "http://[bad]/index.html"])
def test_an_address_that_is_none_is_not_found(folder: Path, target: str) -> None:
    assert answer(folder, target, {}).status == 404


def test_a_folder_gets_its_slash(site: HTTPConnection) -> None:
    response, _ = get(site, "/lectures/%E8%AF%8D%E5%85%83%20a")
    assert response.status == 301
    assert response.headers["Location"] == "%E8%AF%8D%E5%85%83%20a/"


def test_head_has_the_headers_alone(site: HTTPConnection) -> None:
    site.request("HEAD", "/")
    response = site.getresponse()
    assert int(response.headers["Content-Length"]) > 0
    assert response.read() == b""


def test_other_methods_are_refused(site: HTTPConnection) -> None:
    site.request("POST", "/", body="x")
    assert site.getresponse().status == 501


def test_a_compressed_file_is_kept_until_it_changes(folder: Path) -> None:
    compressed.cache_clear()
    for _ in range(2):
        answer(folder, "/index.html", {"accept-encoding": "gzip"})
    assert compressed.cache_info()[:2] == (1, 1)


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_its_address_and_ends_well(folder: Path, request_to_end: signal.Signals) -> None:
    program = (
        "import sys, pathlib; from tools import serve; from tools.shell import errors;"
        f"serve.HTML = pathlib.Path({str(folder)!r}); sys.exit(errors.run_main(serve.main))"
    )
    with socket.create_server((serve.HOST, 0)) as probe:
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
        told = server.stdout.readline()
        assert told == f"The course is at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
        server.send_signal(request_to_end)
        assert server.communicate(timeout=30) == ("", "")
    assert server.returncode == 0


def test_there_must_be_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "HTML", tmp_path)
    with pytest.raises(UserError, match="make serve"):
        serve.main()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens at."""
    with socket.create_server((serve.HOST, 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "8 0", "1e3", "٨٠", "8080.0"])
def test_a_port_that_is_none_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(UserError, match="must be a number from 1 to 65535"):
        serve.requested_port({"PORT": text})


def test_a_taken_port_is_refused_if_it_was_requested(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(taken))
    with pytest.raises(UserError, match=f"Port {taken} is in use"):
        serve.check_port()


def test_a_taken_default_is_replaced_and_it_says_so(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    with serve.open_port(taken) as opened:
        port = opened.getsockname()[1]
    assert port != taken
    assert capsys.readouterr().out == (
        f"Port {taken} is in use by another program; taking {port} instead.\n"
    )


def test_a_port_of_the_system_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_address: tuple[str, int]) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("socket.create_server", refuse)
    monkeypatch.setenv("PORT", "80")
    with pytest.raises(UserError, match="Port 80 is reserved for the system"):
        serve.check_port()
