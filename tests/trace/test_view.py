"""`python -m cs336_core.trace view`: what its server answers, and what it refuses."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cs336_core._shared.static_server import HOST, Content, FileServer
from cs336_core.trace import save, trace
from cs336_core.trace.commands import view
from cs336_core.trace.commands.cli import main
from cs336_core.trace.commands.viewer_server import TraceFiles
from cs336_core.trace.media import sniff_type
from cs336_core.trace.model import Rendering
from tests import command_lines
from tests.command_lines import Output
from tests.trace.programs import features

failed = partial(command_lines.failed, main)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program, set as the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lecture_01.py").write_text("x = 1\n", "utf-8")
    return tmp_path


@pytest.fixture
def viewer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The viewer as it is built, but small."""
    viewer = folder / "static" / "viewer"
    (viewer / "trace").mkdir(parents=True)
    (viewer / "trace.html").write_text("<title>viewer</title>", "utf-8")
    (viewer / "trace" / "page.js").write_text("1", "utf-8")
    (viewer / "trace" / "notes.txt").write_text("secret", "utf-8")
    (viewer / "outside.js").symlink_to(folder / "lecture_01.py")
    (folder / "static" / "beside.js").write_text("secret", "utf-8")
    monkeypatch.setattr(view, "VIEWER", viewer)
    return viewer


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def server(folder: Path, viewer: Path) -> Iterator[FileServer]:
    """A server of a trace that names images, some of which are off limits."""
    (folder / "images").mkdir()
    for name in ("images/a b.png", "images/unnamed.png", "top.svg"):
        (folder / name).write_bytes(PNG)
    (folder / "secret.txt").write_text("secret")
    (folder / "images" / "out.png").symlink_to("/etc/passwd")
    named = ["images/a b.png", "./top.svg", "secret.txt", "images/out.png", "/etc/passwd",
             "../../../../etc/passwd", f"{folder}/images/unnamed.png", "lecture_01.py"]  # fmt: skip
    recorded = trace(features.calls)
    recorded.steps[0].renderings = [Rendering("image", name) for name in named]
    save(recorded, "my trace.json")
    with FileServer(TraceFiles(viewer, folder / "my trace.json").find) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def request(
    server: FileServer, target: str, method: str = "GET"
) -> tuple[int, bytes, http.client.HTTPMessage]:
    """Send a request with its target as it is, not normalized."""
    connection = http.client.HTTPConnection(HOST, server.server_address[1], timeout=10)
    try:
        connection.putrequest(method, target, skip_host=True)
        connection.putheader("Host", HOST)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read(), response.headers
    finally:
        connection.close()


@pytest.mark.parametrize("target", ["/", "/index.html"])
def test_home_is_the_trace(server: FileServer, target: str) -> None:
    status, _, headers = request(server, target)
    assert (status, headers["Location"]) == (302, "/trace.html?trace=traces/my-trace.json")


def test_the_viewer_gets_a_list_with_the_trace(server: FileServer) -> None:
    status, body, headers = request(server, "/traces/list.js")
    assert status == 200
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    listed = json.loads(body.decode().removeprefix("globalThis.cs336Traces = ").rstrip(";\n"))
    assert [entry["address"] for entry in listed] == ["traces/my-trace.json"]


def test_the_viewer_and_the_trace_are_served(folder: Path, server: FileServer) -> None:
    status, body, headers = request(server, "/trace.html?trace=traces/my-trace.json")
    assert (status, body) == (200, b"<title>viewer</title>")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert request(server, "/trace/page.js")[2]["Content-Type"] == "text/javascript; charset=utf-8"
    status, body, headers = request(server, "/traces/my-trace.json")
    assert (status, body) == (200, (folder / "my trace.json").read_bytes())
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert request(server, "/trace.html", "HEAD")[:2] == (200, b"")


@pytest.mark.parametrize("name", ["lecture_01.json", "lecture_01.trace.json"])
def test_the_trace_is_found_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save(trace(features.calls), path)
    answer = TraceFiles(tmp_path, path).find("traces/lecture_01.json")  # for ?trace=lecture_01
    assert isinstance(answer, Content)
    assert answer.source == path


def test_a_trace_recorded_anew_is_served_anew(folder: Path, server: FileServer) -> None:
    save(trace(features.calls), "my trace.json", "edtrace")
    assert request(server, "/traces/my-trace.json")[1] == (folder / "my trace.json").read_bytes()
    assert request(server, "/top.svg")[0] == 404  # it is no longer named
    (folder / "my trace.json").write_text("{", "utf-8")
    assert request(server, "/top.svg")[0] == 404


@pytest.mark.parametrize("at", ["/", "/traces/"])
def test_images_that_the_trace_names_are_served(server: FileServer, at: str) -> None:
    for name, kind in [("images/a%20b.png", "image/png"), ("top.svg", "image/svg+xml")]:
        status, body, headers = request(server, at + name)
        assert (status, body, headers["Content-Type"]) == (200, PNG, kind)
        assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "target",
    [
        "/trace",
        "/trace/",
        "/images/",
        "/images/unnamed.png",
        "/images/out.png",
        "/secret.txt",
        "/lecture_01.py",
        "/my%20trace.json",
        "/trace/notes.txt",
        "/outside.js",
        "/../beside.js",
        "/%2e%2e/beside.js",
        "/trace/../../beside.js",
        "/..%2fbeside.js",
        "/..\\beside.js",
        "//etc/passwd",
        "/etc/passwd",
        "/%2fetc/passwd",
        "/traces//etc/passwd",
        "/../../../../etc/passwd",
        "/traces/../../../../etc/passwd",
        "/trace.html%00.js",
        "/trace.html/",
        "/" + "a" * 5_000 + ".js",
        "http://[/trace.html",
    ],
)
def test_nothing_else_is_served(server: FileServer, target: str) -> None:
    status, body, _ = request(server, target)
    assert (status, body) == (404, b"There is no such page here. The first page is at /.\n")


CONTENTS = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/gif": b"GIF89a",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "image/avif": b"\0\0\0\x1cftypavif",
    "image/svg+xml": b'<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="">',
    "video/mp4": b"\0\0\0\x20ftypisom",
    "video/webm": b"\x1a\x45\xdf\xa3",
    None: b"<html><svg>",
}


@pytest.mark.parametrize(("kind", "contents"), CONTENTS.items())
def test_an_image_without_a_suffix_is_known_by_its_bytes(
    tmp_path: Path, kind: str | None, contents: bytes
) -> None:
    path = tmp_path / "image-https_example_org_a_png"
    path.write_bytes(contents)
    assert sniff_type(path) == kind


@pytest.mark.parametrize(
    ("name", "address", "found"),
    [
        ("images/a.png", "/images/a.png", True),  # from where the program ran
        ("../../images/a.png", "/images/a.png", True),  # from the trace
        ("beside.png", "/traces/beside.png", True),
        ("{folder}/images/a.png", "{folder}/images/a.png", True),
        ("images/cached_a_png", "/images/cached_a_png", True),
        ("images/cached_a_png", "/images/a.png", False),
        ("images/text", "/images/text", False),
        ("../outside.png", "/outside.png", False),
        ("{folder}/../outside.png", "{folder}/../outside.png", False),
        ("images/out.png", "/images/out.png", False),
        ("/etc/passwd", "/etc/passwd", False),
    ],
)
@pytest.mark.parametrize("working", ["course", "elsewhere"])
def test_images_are_looked_for_beside_the_trace_and_where_the_program_ran(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    working: str,
    name: str,
    address: str,
    found: bool,
) -> None:
    folder = tmp_path / "course"
    (folder / "var" / "traces").mkdir(parents=True)
    (folder / "images").mkdir()
    monkeypatch.chdir(folder)
    for image in ("images/a.png", "images/cached_a_png", "var/traces/beside.png", "../outside.png"):
        Path(image).write_bytes(PNG)
    Path("images/text").write_text("secret")
    Path("images/out.png").symlink_to(tmp_path / "outside.png")
    recorded = trace(features.calls)
    recorded.steps[0].renderings = [Rendering("image", name.format(folder=folder))]
    save(recorded, "var/traces/a.json")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / working)
    files = TraceFiles(tmp_path, folder / "var/traces/a.json")
    target = address.format(folder=folder).removeprefix("/")
    assert (files.find(target) is not None) == found


def test_a_deleted_trace_is_no_longer_listed(folder: Path, server: FileServer) -> None:
    (folder / "my trace.json").unlink()
    status, body, _ = request(server, "/traces/list.js")
    assert (status, body) == (200, b"globalThis.cs336Traces = [];\n")
    assert request(server, "/traces/my-trace.json")[0] == 404


def test_only_reading_is_answered(server: FileServer) -> None:
    assert request(server, "/trace.html", "POST")[0] == 501


def test_a_viewer_that_is_not_built_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(view, "VIEWER", folder)
    save(trace(features.calls), "a.json")
    assert "`make site` builds it" in failed(["view", "a.json"], capsys)


def test_a_port_in_use_is_an_error(viewer: Path, capsys: Output) -> None:
    save(trace(features.calls), "a.json")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        message = failed(["view", "a.json", "--port", port, "--no-browser"], capsys)
    assert f"port {port} is in use by another program" in message


@pytest.mark.parametrize("options", [[], ["--no-browser"]])
def test_the_browser_is_opened_unless_the_options_say_no(
    viewer: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output, options: list[str]
) -> None:
    opened: list[str] = []
    called = threading.Event()

    def open_it(url: str) -> None:
        opened.append(url)
        called.set()

    def until_interrupted(_: FileServer) -> None:
        called.wait(0 if options else 10)
        raise KeyboardInterrupt

    monkeypatch.setattr(view.webbrowser, "open", open_it)
    monkeypatch.setattr(FileServer, "serve_forever", until_interrupted)
    save(trace(features.calls), "a.json")
    assert main(["view", "a.json", *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.endswith("/trace.html?trace=traces/a.json (Ctrl-C stops it)\n")
    assert opened == ([] if options else [out.split()[3]])
