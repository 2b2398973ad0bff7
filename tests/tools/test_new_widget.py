"""A generated widget passes every check as it is; bad and taken names are refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.new_widget import new_widget
from tools.shell.environment import environment
from tools.shell.errors import UserError
from tools.shell.paths import NODE_MODULES, ROOT

NAMES = ["dice", "a_name_of_thirty_characters_in"]
CODE = ("cs336_core", "tools", "book/builder", "tests/widgets/states.py", "package.json")
CONFIGURATION = ("pyproject.toml", "biome.jsonc")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with two new widgets, and the schemas of all."""
    root = tmp_path_factory.mktemp("checkout")
    for name in CODE + CONFIGURATION:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, root / name)
    (root / "node_modules").symlink_to(NODE_MODULES)
    for name in NAMES:
        new_widget(name, root)
    run(root, sys.executable, "-m", "book.builder.schemas")
    return root


def run(root: Path, *command: str | Path) -> str:
    """Run a program in the copy; its output is shown where it fails."""
    result = subprocess.run(
        command, cwd=root, env=environment(), capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def files(root: Path, suffix: str) -> list[Path]:
    """Return the generated files of a kind."""
    return [path for name in NAMES for path in root.rglob(f"*{suffix}") if name in str(path)]


def test_the_code_is_formatted_and_clean(checkout: Path) -> None:
    python, scripts = files(checkout, ".py"), [*files(checkout, ".js"), *files(checkout, ".jsx")]
    assert (len(python), len(scripts)) == (2 * 3, 2 * 5 + 2)
    run(checkout, "ruff", "format", "--check", *python)
    run(checkout, "ruff", "check", "--no-cache", *python)
    biome = NODE_MODULES / ".bin" / "biome"
    run(checkout, biome, "ci", "--colors=off", *scripts, *files(checkout, ".css"))


def test_its_own_tests_pass(checkout: Path) -> None:
    tests = [path for path in files(checkout, ".py") if path.name.startswith("test_")]
    run(checkout, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    run(checkout, "node", "--test", *files(checkout, ".test.js"))


def test_it_is_found_by_its_folder_and_bundled(checkout: Path) -> None:
    code = (
        "from cs336_core.widgets import *; print(Dice.example().n, widget_classes()['dice'].view)"
    )
    names = "from cs336_core.widgets import widget_classes; "
    assert run(checkout, sys.executable, "-c", names + code) == "12 dice\n"
    esbuild = NODE_MODULES / ".bin" / "esbuild"
    for name in NAMES:
        view = f"cs336_core/widgets/{name}/view.jsx"
        options = ("--bundle", "--jsx=automatic", "--jsx-import-source=preact", "--outdir=out")
        run(checkout, esbuild, view, *options, "--log-level=warning")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "needs a name: make new-widget NAME=my_widget"),
        ("MyWidget", "'MyWidget' cannot name a widget: use at most 30 lower-case letters"),
        ("my-widget", "cannot name a widget"),
        ("2d", "cannot name a widget"),
        ("class", "cannot name a widget"),
        ("../oops", "cannot name a widget"),
        ("x" * 31, "cannot name a widget"),
        ("roofline", "is taken by cs336_core/widgets/roofline"),
        ("trace_viewer", "is taken by cs336_core/viewer"),
        ("state_schema", "is taken by tests/widgets/test_state_schema.py"),
    ],
)
def test_a_bad_or_taken_name_is_refused(name: str, message: str) -> None:
    before = sorted((ROOT / "cs336_core" / "widgets").iterdir())
    with pytest.raises(UserError, match=message):
        new_widget(name)
    assert sorted((ROOT / "cs336_core" / "widgets").iterdir()) == before
