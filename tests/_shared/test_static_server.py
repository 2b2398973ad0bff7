"""The static server: MIME types, conditional requests, local host names, one folder only."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from cs336_core._shared.static_server import HOST, Content, FileServer, PortError, files_in, listen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site, with a secret outside it."""
    site = tmp_path / "html"
    (site / "lectures" / "词元 a").mkdir(parents=True)
    (site / "index.html").write_text("<p>course</p>" * 200)
    (site / "small.css").write_text("p{}")
    (site / "host.mjs").write_text("export {}")
    (site / "picture.png").write_bytes(b"\x89PNG" * 1000)
    (site / "lectures" / "词元 a" / "index.html").write_text("token")
    (site / ".stamp").write_text("digest")
    (tmp_path / "secret").write_text("secret")
    (site / "link").symlink_to(tmp_path / "secret")
    return site


@pytest.fixture
def site(folder: Path) -> Iterator[HTTPConnection]:
    """A connection to a server of the folder."""
    with FileServer(files_in(folder)) as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        with closing(HTTPConnection(HOST, server.server_address[1])) as connection:
            yield connection
        server.shutdown()
        thread.join()


def get(site: HTTPConnection, target: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """Request a target verbatim on the open connection."""
    site.putrequest("GET", target, skip_host=True)
    for name, value in {"Host": HOST, **headers}.items():
        site.putheader(name.replace("_", "-"), value)
    site.endheaders()
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
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-cache"
    assert int(response.headers["Content-Length"]) == len(body)


def test_one_connection_serves_many_requests(site: HTTPConnection) -> None:
    for _ in range(3):
        response, _ = get(site, "/")
        assert response.version == 11
        assert not response.will_close


def test_an_unchanged_page_is_not_sent_again(site: HTTPConnection) -> None:
    first, _ = get(site, "/")
    tag = first.headers["ETag"]
    response, body = get(site, "/", If_None_Match=tag)
    assert (response.status, body) == (304, b"")
    assert response.headers["ETag"] == tag


@pytest.mark.parametrize("modified", [10**18, 2 * 10**18])
def test_a_rebuilt_page_is_sent_again(site: HTTPConnection, folder: Path, modified: int) -> None:
    page = folder / "index.html"
    os.utime(page, ns=(15 * 10**17, 15 * 10**17))
    first, _ = get(site, "/")
    page.write_text("new")
    os.utime(page, ns=(modified, modified))  # a rebuilt file may carry an older time
    response, body = get(site, "/", If_None_Match=first.headers["ETag"])
    assert (response.status, body) == (200, b"new")


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
        "/lectures",
        "/lectures/",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/" + "a" * 5000,
        "/index.html/",
        "/small.css/",
        "http://[",
        "http://[::1",
        "http://[bad]/index.html",
    ],
)
def test_nothing_outside_the_folder_and_no_listing(site: HTTPConnection, target: str) -> None:
    response, body = get(site, target)
    assert response.status == 404
    assert body == b"There is no such page here. The first page is at /.\n"


def test_a_folder_redirects_to_its_slash(site: HTTPConnection) -> None:
    response, _ = get(site, "/lectures/%E8%AF%8D%E5%85%83%20a")
    assert response.status == 302
    assert response.headers["Location"] == "%E8%AF%8D%E5%85%83%20a/"


def test_head_returns_only_headers(site: HTTPConnection) -> None:
    site.request("HEAD", "/")
    response = site.getresponse()
    assert int(response.headers["Content-Length"]) > 0
    assert response.read() == b""


def test_other_methods_are_refused(site: HTTPConnection) -> None:
    site.request("POST", "/", body="x")
    assert site.getresponse().status == 501


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:9", 200),
        ("127.0.0.1:80", 200),
        ("evil.example", 403),
        ("localhost.evil.example:80", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
    ],
)
def test_only_local_host_names_are_accepted(site: HTTPConnection, host: str, status: int) -> None:
    assert get(site, "/", Host=host)[0].status == status


def test_a_request_without_a_host_is_refused(site: HTTPConnection) -> None:
    site.putrequest("GET", "/", skip_host=True)
    site.endheaders()
    assert site.getresponse().status == 403


def test_a_closed_connection_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A client disconnects in the middle of a large response; the server goes on, silently."""
    large = Content(b"x" * 50_000_000, "text/plain")
    with FileServer(lambda address: large if address else Content(b"ok", "text/plain")) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        connection = socket.create_connection((HOST, server.server_address[1]))
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.close()
        with closing(HTTPConnection(HOST, server.server_address[1])) as other:
            assert get(other, "/")[1] == b"ok"
        server.shutdown()
        thread.join()
    assert capsys.readouterr() == ("", "")


def test_a_port_in_use_is_reported() -> None:
    with listen() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"^port {port} is in use by another program$"):
            listen(port)
