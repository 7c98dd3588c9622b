"""What a function gives back without saying so: the ends of its branches."""

from __future__ import annotations

import pytest

from antkey_scanner.code.languages import language_of
from antkey_scanner.code.parse import parse

TEXTS = {
    "a.rs": "fn f(t: &T) -> S {\n if t.own {\n  log();\n  mine\n } else {\n  log();\n  ours\n }\n}\n",
    "b.rs": "fn f(t: &T) -> S {\n match t.own {\n  Some(x) => mine,\n  None => { log(); ours }\n }\n}\n",
    "a.rb": "def f(t)\n if t.own\n  log(1)\n  mine\n else\n  log(2)\n  ours\n end\nend\n",
    "b.rb": "def f(t)\n case t.mode\n when :own\n  log(1)\n  mine\n else\n  log(2)\n  ours\n end\nend\n",
    "a.kt": "fun f(t: T): S {\n return if (t.own) {\n  log(1)\n  mine\n } else {\n  log(2)\n  ours\n }\n}\n",
    "b.kt": "fun f(t: T): S = when (t.mode) {\n Mode.OWN -> mine\n else -> {\n  log(2)\n  ours\n }\n}\n",
}


@pytest.mark.parametrize("path", TEXTS)
def test_branches_that_do_more_than_give_a_value_are_ends(path: str) -> None:
    language = language_of(path)
    assert language is not None
    found = parse(path, TEXTS[path], language)
    assert [one.value for one in found.returns] == ["mine", "ours"]


def test_branches_that_are_values_stay_one_value() -> None:
    language = language_of("a.rs")
    assert language is not None
    text = "fn f(t: &T) -> S {\n if t.own { mine } else { ours }\n}\n"
    (one,) = parse("a.rs", text, language).returns
    assert one.value == "if t.own { mine } else { ours }"
