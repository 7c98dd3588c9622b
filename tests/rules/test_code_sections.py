"""A file is read section by section, as far as rules ask: nothing is left out that the whole has."""

from __future__ import annotations

import random
import re
from collections import defaultdict

import pytest

from antkey_rules.code import load_code_rules
from antkey_rules.codecases import cases
from antkey_rules.configuration import load_code_parts
from antkey_scanner.code import parse
from antkey_scanner.code.languages import language_of
from antkey_scanner.code.rule import Parsing
from antkey_scanner.code.search import Found, open_source, search
from antkey_scanner.code.words import Vocabulary

RULES = (*load_code_parts(), *load_code_rules())
_WHOLE = 1 << 30
_NAMES = ("key", "client", "settings", "load", "tenant", "value", "base", "next")


def _examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for rule in RULES:
        for example in (*rule.rule.examples, *cases(rule)):
            path, _, text = example.text.partition(":")
            if language_of(path) is not None:
                found[path.rpartition(".")[2]].append(text.strip() + "\n")
    return found


EXAMPLES = _examples()


def _said(path: str, text: str, size: int, monkeypatch: pytest.MonkeyPatch) -> list[Found]:
    monkeypatch.setattr(parse, "_SMALLEST", size)
    return list(search(path, text.encode(), RULES, Vocabulary()))


def _pieces(path: str, text: str) -> list[str]:
    """What stands at the top of a file, each with the blanks after it."""
    from ast_grep_py import SgRoot

    language = language_of(path)
    assert language is not None
    starts = [one.range().start.index for one in SgRoot(text, language.grammar).root().children()]
    ends = [*starts[1:], len(text)]
    return [text[start:end] for start, end in zip([0, *starts[1:]], ends, strict=False)] or [text]


def _comment(ending: str, chance: random.Random) -> str:
    mark = "#" if ending in ("py", "rb") else "//"
    lines = (" ".join(chance.choices(_NAMES, k=9)) for _ in range(3))
    return "".join(f"{mark} {line}\n" for line in lines)


def _changed(text: str, ending: str, chance: random.Random) -> str:
    """A text with another name, with more blanks, or with comments at the ends of its lines."""
    how = chance.randrange(4)
    if how == 0:
        name = chance.choice(re.findall(r"\b[a-z_]{3,}\b", text) or ["key"])
        return re.sub(rf"\b{name}\b", chance.choice(_NAMES), text)
    if how == 1:
        return re.sub(r"[=(,] ?", lambda found: f"{found.group()} ", text)
    if how == 2:
        return text.replace("\n", " " + _comment(ending, chance), 1)
    return text


@pytest.mark.parametrize("ending", EXAMPLES)
def test_sections_hold_all_that_the_whole_does(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in EXAMPLES[ending]:
        path = f"a.{ending}"
        assert _said(path, text, 1, monkeypatch) == _said(path, text, _WHOLE, monkeypatch), text


@pytest.mark.parametrize("ending", EXAMPLES)
def test_what_is_found_across_sections_stays_found_however_far_they_are_apart(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(ending)
    path = f"a.{ending}"
    for _ in range(40):
        texts = (
            _changed(text, ending, chance).removeprefix("<?php")
            for text in chance.choices(EXAMPLES[ending], k=3)
        )
        pieces = [piece.rstrip() + "\n" for text in texts for piece in _pieces(path, text)]
        mixed = "".join(piece + _comment(ending, chance) for piece in pieces)
        text = f"<?php\n{mixed}" if ending == "php" else mixed
        if chance.randrange(5) == 0:  # what does not parse is the same, too
            text = text[: chance.randrange(len(text))]
        assert _said(path, text, 1, monkeypatch) == _said(path, text, _WHOLE, monkeypatch), text


def test_names_that_are_cut_are_found_where_a_file_is_not_parsed() -> None:
    text = f"{'a = b + ' * 124}     inactive = key; client = anthropic\n"
    source = open_source("a.py", text.encode(), Vocabulary(), Parsing.AS_TEXT)
    assert source is not None
    targets = [one.target for one in source.module.assigns]
    assert "ctive" in targets
    assert all(source.owner.given(target) for target in targets)


def test_a_file_with_findings_is_in_several_sections() -> None:
    text = "".join(f"def f{at}(a):\n    return a\n{'# a' * 200}\n" for at in range(3))
    language = language_of("a.py")
    assert language is not None
    module = parse.parse("a.py", text + "key = tenant.key or ENV\n", language)
    assert len({module.section_of(one.span.start) for one in module.functions}) == 3
    assert [one.target for one in module.with_word("assigns", "key")] == ["key"]
    assert list(module.parts("functions", module.sections_with("tenant"))) == []
