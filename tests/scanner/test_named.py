"""Named tuples made here are those of `typing`, for all that the project uses of them."""

from __future__ import annotations

import pickle
import subprocess
import sys
import typing

import pytest

from antkey_scanner import named

BODY = '''
class Made(NamedTuple):
    """What it is."""

    path: str
    line: int = 1
    other: "Made | None" = None

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"

    @classmethod
    def first(cls, path: str) -> "Made":
        return cls(path)
'''


def made(base: object, future: bool) -> typing.Any:
    """The class of `BODY`, made by a base, with annotations as text or as they are."""
    head = "from __future__ import annotations\n" if future else ""
    names: dict[str, typing.Any] = {"NamedTuple": base, "__name__": __name__}
    exec(compile(head + BODY, "body", "exec", dont_inherit=True), names)  # noqa: S102
    return names["Made"]


@pytest.mark.parametrize("future", [True, False])
def test_a_class_is_the_one_that_typing_makes(future: bool) -> None:
    ours, theirs = made(named.NamedTuple, future), made(typing.NamedTuple, future)
    for word in ("__name__", "__module__", "__doc__", "_fields", "_field_defaults", "__bases__"):
        assert getattr(ours, word) == getattr(theirs, word)
    for one in (ours, theirs):
        value = one.first("a.py")
        assert value == ("a.py", 1, None) == one(path="a.py")
        assert value.place == "a.py:1"
        assert value._replace(line=2)._asdict() == {"path": "a.py", "line": 2, "other": None}
        assert repr(value) == "Made(path='a.py', line=1, other=None)"
    with pytest.raises(TypeError):
        ours()
    with pytest.raises(AttributeError):
        ours("a.py").path = "b.py"


def test_values_survive_the_way_between_processes() -> None:
    from antkey_scanner.model import Skip

    skip = Skip("a", "unreadable")
    assert pickle.loads(pickle.dumps(skip)) == skip  # noqa: S301
    assert typing.get_type_hints(Skip)["path"] is str


def test_a_field_without_default_may_not_stand_behind_one_with() -> None:
    with pytest.raises(TypeError, match="without a default"):

        class _Bad(named.NamedTuple):
            line: int = 1
            path: str  # type: ignore[misc]


def test_another_base_is_refused() -> None:
    made_by: typing.Any = type(named.NamedTuple)
    with pytest.raises(TypeError, match="no other base"):
        made_by("Bad", (named.NamedTuple, dict), {})


def test_what_starts_with_every_commit_has_none_of_typing() -> None:
    program = (
        "import typing\n"
        "made = []\n"
        "new = typing.NamedTupleMeta.__new__\n"
        "def noted(cls, name, bases, body):\n"
        "    made.append(f\"{body['__module__']}.{name}\")\n"
        "    return new(cls, name, bases, body)\n"
        "typing.NamedTupleMeta.__new__ = staticmethod(noted)\n"
        "import antkey_hooks.cli.scan, antkey_scanner.sources.staged, antkey_scanner.git.packs\n"
        "print(*made)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
