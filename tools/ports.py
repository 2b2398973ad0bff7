"""Which port a server gets: the one asked for, or the first free one from a default on."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from tools.console import Trouble

HOST = "127.0.0.1"  # reached from this machine only
LAST = 65535
TRIES = 100  # ports looked at from the default on


def asked_for(env: Mapping[str, str]) -> int | None:
    """Return the port that PORT asks for, None where it asks for none; `Trouble` on nonsense.

    >>> asked_for({"PORT": "8080"}), asked_for({"PORT": ""})
    (8080, None)
    """
    text = env.get("PORT", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= LAST:
        return int(text)
    raise Trouble(f"PORT is {text!r}; it should be a number from 1 to {LAST}, such as PORT=8080.")


def listening(port: int) -> socket.socket:
    """Return a socket that listens at `port` of this machine; `OSError` where it cannot."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A server that has just ended leaves its port waiting for late packets: take it over.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((HOST, port))
        taken.listen(128)
    except BaseException:
        taken.close()
        raise
    return taken


def check(port: int | None) -> None:
    """Raise `Trouble` if the port asked for cannot be had, before long work is done for it."""
    if port is not None:
        exactly(port).close()


def exactly(port: int) -> socket.socket:
    """Listen at the port asked for, or tell why not."""
    try:
        return listening(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = "is in use by another program"
        elif error.errno == errno.EACCES:
            problem = "is kept for the system's own services"
        else:
            raise
    raise Trouble(f"Port {port} {problem}. Choose another, or leave PORT out: a free one is found.")


def from_default(default: int) -> socket.socket:
    """Listen at the first free port from `default` on."""
    for port in range(default, default + TRIES):
        try:
            return listening(port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    last = default + TRIES - 1
    raise Trouble(
        f"All ports from {default} to {last} are in use. Choose another: PORT={last + 1}."
    )


def open_port(default: int, asked: int | None) -> socket.socket:
    """Listen at the port asked for, else from the default on, saying so where that is taken."""
    if asked is not None:
        return exactly(asked)
    opened = from_default(default)
    port = opened.getsockname()[1]
    if port != default:
        print(f"Port {default} is in use by another program; taking {port} instead.", flush=True)
    return opened
