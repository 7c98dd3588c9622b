"""Adding an item to a list in anybody's YAML: all that was there stays as it was."""

from __future__ import annotations

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from antkey_hooks.cli.init_yaml import with_item

ITEM = "- repo: local\n  hooks:\n    - id: antkey\n"

NAMES = st.sampled_from(["a", "b", "c", "repo", "rev", "hooks"])
COMMENTS = st.sampled_from(["", "  # why: not", " # - a", "\t# tab"])
VALUES = st.sampled_from(
    [
        *("x", "'it''s'", '"a: b # c"', "[1, 2]", "{k: v}", "null", "2026-11-20", "~"),
        "|\n@  text\n@  - more",
    ]
)
ENDS = st.sampled_from(["\n", "\n\n", "\n# the end\n", "\n\n  # deep\n", ""])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A configuration with a list `repos`, in many hands."""
    indent = " " * draw(st.integers(0, 4))
    lines = [f"{key}: {draw(VALUES).replace('@', '')}" for key in draw(st.sets(NAMES, max_size=2))]
    lines.append(f"repos:{draw(COMMENTS)}")
    for number in range(draw(st.integers(1, 3))):
        deeper = f"{indent}  "
        lines.append(f"{indent}- n{number}: {draw(VALUES).replace('@', deeper)}")
        for key in draw(st.sets(NAMES, max_size=2)):
            lines.append(f"{deeper}{key}: {draw(VALUES).replace('@', deeper)}{draw(COMMENTS)}")
    behind = draw(st.booleans())
    lines += ["ci: {autofix: false}"] if behind else []
    text = "\n".join(lines) + draw(ENDS)
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@given(documents())
@example("repos:\n- a: |\n    text\n\n\n# end")
def test_the_item_is_added_and_every_line_stays(text: str) -> None:
    try:
        before = yaml.safe_load(text)
    except yaml.YAMLError:
        assert with_item(text, "repos", ITEM) is None
        return
    new = with_item(text, "repos", ITEM)
    if new is None:
        return
    added = yaml.safe_load(ITEM)
    assert yaml.safe_load(new) == {**before, "repos": [*before["repos"], *added]}
    lines = iter(new.splitlines())
    assert all(line in lines for line in text.splitlines())


@given(st.text(max_size=60))
def test_any_text_is_added_to_or_refused(text: str) -> None:
    new = with_item(text, "repos", ITEM)
    if new is not None:
        assert yaml.safe_load(new)["repos"][-1]["repo"] == "local"


def test_most_configurations_can_be_added_to() -> None:
    plain = "repos:\n  - repo: meta\n    hooks: [{id: identity}]\n"
    assert with_item(plain, "repos", ITEM) == plain + "".join(
        f"  {line}\n" for line in ITEM.splitlines()
    )
