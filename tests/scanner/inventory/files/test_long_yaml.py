"""Long YAML lists are cut into records, which changes nothing but the time it takes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from antkey_scanner.inventory.formats import Broken, yaml_blocks
from antkey_scanner.inventory.formats.yaml import YamlReader
from antkey_scanner.inventory.records import Sheet

TEXT = """\
# keys of ours
source: {kind: anthropic, fetched_at: 2026-11-20T12:00:00Z}
keys:
  - name: a
    created_at: 2026-04-25T00:00:00Z
    fingerprint: sha256:0123
  # the next
  - name: "b: c"
    status: 'active'
    version: 3
    encryption:
      nonce: 00

  - {name: c,
     id: d}
  -
    name: |
      keys:
      - x
schema: 1
members:
- id: m
  note: "x
    - y"
other: >
  a
   - b
"""


PATHS = ((), ("name",), ("status",), ("encryption", "nonce"))


@pytest.fixture(autouse=True)
def _short_texts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_blocks, "WORTH_IT", 0)


def parts(reader: YamlReader) -> list[object]:
    try:
        return [
            (item, [reader.line_of(path) for path in PATHS if item.value != []])
            for items in reader.documents()
            for item in items
        ]
    except Broken as broken:
        whole = reader.whole()
        return [broken.args] if whole is None else parts(whole)


def test_a_cut_text_is_read_as_a_whole_one() -> None:
    assert parts(YamlReader(TEXT)) == parts(YamlReader(TEXT, is_whole=True))
    assert yaml_blocks.cut(TEXT)[1].keys() == {"keys", "members"}


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_text_is_read_or_refused_as_a_whole_one(seed: int) -> None:
    dice = random.Random(seed)
    text = TEXT
    pieces = [
        "",
        "\n",
        " ",
        "  ",
        "-",
        "- ",
        '"',
        "'",
        ":",
        "{",
        "]",
        "#",
        "|",
        "keys:\n",
        "---\n",
        "\t",
        "a",
    ]
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text))
        text = text[:at] + dice.choice(pieces) + text[at + dice.randrange(4) :]
    assert parts(YamlReader(text)) == parts(YamlReader(text, is_whole=True))


def test_mistakes_in_a_cut_text_have_its_lines(refusal: Callable[..., list[str]]) -> None:
    text = "members: []\nkeys:\n- name: a\n  status: on\n\n- name: a\n  nmae: b\n"
    assert [told.partition(" ")[0] for told in refusal(text, "yaml")] == [
        "keys.yaml:4:",
        "keys.yaml:6:",
        "keys.yaml:7:",
    ]


def test_plain_words_of_a_cut_text_are_what_they_are_elsewhere(
    read: Callable[..., Sheet],
) -> None:
    lines = ["tenant: null", "version: 12", "service: no", "environment: 1.2.3", 'name: ""']
    for line in lines:
        text = f"keys:\n- id: a\n  {line}\n"
        assert parts(YamlReader(text)) == parts(YamlReader(text, is_whole=True))
    assert read("keys:\n- id: a\n  tenant: ~\n", "yaml").keys[0].tenant is None
