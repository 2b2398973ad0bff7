"""Tables of tokens: written as in the figures, for page, trace and terminal."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET

import pytest

from cs336_core.notebook.token_table import TokenTable
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.labels import hue, label
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.protocol import Tokenizer, token_bytes
from cs336_core.tokenization.simple import ByteTokenizer, CharacterTokenizer
from cs336_core.tokenization.unigram import unigram_perplexity
from cs336_core.tokenization.word_level import WordTokenizer
from tools.shell.paths import ROOT

TEXT = "the <b> 猫\n`x`\u202e"


@pytest.mark.parametrize(
    "tokenizer",
    [
        ByteTokenizer(),
        CharacterTokenizer(),
        WordTokenizer.train(TEXT),
        BPETokenizer(BPEParams.trained([(b"t", b"h"), (b"\xe7", b"\x8c")])),
    ],
    ids=lambda tokenizer: type(tokenizer).__name__,
)
def test_the_tokens_join_to_the_text(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode(TEXT)
    assert b"".join(token_bytes(tokenizer, token_id) for token_id in ids) == TEXT.encode()
    assert [token_id for _, token_id in TokenTable(TEXT, {"name": tokenizer}).rows["name"]] == ids


def test_labels_and_hues_are_those_of_the_figures() -> None:
    tokens = [b" the\n", b"\t\r", "猫".encode(), "猫".encode()[:2], b"\xff", "é\u200b".encode()]
    tokens += ["\u202eא\u2028\x00".encode(), "\ufeff".encode(), "\xa0\u3000".encode(), b""]
    ids = [0, 1, 2, 13, 255, 256, 50256, 199999, 1_114_111]
    program = """
        import { hue, tokenLabel } from "./cs336_core/ui/tokens.js";
        const { tokens, ids } = JSON.parse(process.argv[1]);
        const labels = tokens.map((bytes) => tokenLabel(Uint8Array.from(bytes)).text);
        console.log(JSON.stringify([labels, ids.map(hue)]));
    """
    given = json.dumps({"tokens": [list(token) for token in tokens], "ids": ids})
    run = subprocess.run(
        ["node", "--input-type=module", "-e", program, given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == [[*map(label, tokens)], [*map(hue, ids)]]


def test_the_html_shows_text_as_text() -> None:
    table = TokenTable("<b>&\u202e", {"<i>": CharacterTokenizer()})
    root = ET.fromstring(f"<div>{table._repr_html_()}</div>")
    assert "".join(root.itertext()) == "<i>, 5 tokens<60b98>62&38U+202E8238"
    assert {element.tag for element in root.iter()} == {"div", "span", "bdi"}


def test_the_markdown_shows_text_as_text() -> None:
    table = TokenTable("`*", {"characters": CharacterTokenizer()})
    assert table._repr_markdown_() == "characters, 2 tokens: `` ` `` 96 · `*` 42"


def test_one_token_is_singular() -> None:
    assert repr(TokenTable("猫", {"characters": CharacterTokenizer()})) == (
        "characters, 1 token: 猫 29483"
    )


def test_perplexity_needs_tokens() -> None:
    with pytest.raises(ValueError, match="at least one"):
        unigram_perplexity([])
