"""Writes the shell scripts that stand in a repository's hooks folder. Text only; touches no file.

POSIX sh, since dash is /bin/sh on many machines and Git for Windows brings its own. A script runs what
stood in its place before, then antkey, and refuses when either does or when antkey cannot be started.
It never takes a program or module from the repository's own files: those come with every branch.
"""

from __future__ import annotations

MARKER = "# antkey hook: "
"""How the second line of our scripts begins."""

BEFORE = ".before-antkey"
"""What is appended to the name of a hook that stood there first."""

CLIENT_HOOKS = ("pre-commit", "commit-msg", "pre-push")
SERVER_HOOKS = ("pre-receive",)

_READS_LINES = {"pre-push", "pre-receive"}
_REFUSED = {
    "pre-commit": "the commit was refused",
    "commit-msg": "the commit was refused",
    "pre-push": "the push was refused",
    "pre-receive": "the push was refused",
}
_ONCE = {
    "pre-commit": "once without it: git commit --no-verify",
    "commit-msg": "once without it: git commit --no-verify",
    "pre-push": "once without it: git push --no-verify",
    "pre-receive": "tell whoever runs this server",
}


def script(hook: str, python: str | None) -> str:
    """The script for a hook. python: the interpreter that has antkey, None to look on the PATH only."""
    return _SCRIPT.format(
        marker=MARKER,
        hook=hook,
        before=BEFORE,
        python=quoted(python or ""),
        chain=_CHAIN_WITH_LINES if hook in _READS_LINES else _CHAIN,
        refused=_REFUSED[hook],
        once=_ONCE[hook],
    )


def is_ours(text: bytes) -> bool:
    """Whether a hook is a script of ours, of this version or another."""
    lines = text.split(b"\n", 2)
    return len(lines) > 1 and lines[1].startswith(MARKER.encode())


def quoted(text: str) -> str:
    """One word of sh."""
    return "'" + text.replace("'", "'\\''") + "'"


# Exit code 97 is nobody's; it says that this Python has lost antkey, and no input was read.
# -E and -P keep PYTHONPATH and the working folder out of where modules are looked for.
_SCRIPT = """\
#!/bin/sh
{marker}{hook}. Written by `antkey init --git-hooks`; run it again to bring this up to date.
# What stood here before is now {hook}{before}. It runs first, and what it refuses stays refused.

python={python}
case $0 in
    */*) here=${{0%/*}} ;;
    *) here=. ;;
esac
before=$here/{hook}{before}

on_path() {{
    found=$(command -v antkey 2>/dev/null) || return 1
    case $found in
        /* | [A-Za-z]:*) ;;
        *) return 1 ;;
    esac
    folder=$(CDPATH= cd -- "${{found%/*}}" 2>/dev/null && pwd -P) || return 1
    case $folder/ in
        "$(pwd -P)"/*) return 1 ;;  # part of the repository, so anybody may have written it
    esac
}}

judge() {{
    if [ -n "$python" ] && [ -x "$python" ]; then
        "$python" -E -P -c 'import sys
try:
    from antkey_hooks.cli import main
except ImportError:
    sys.exit(97)
main()' hook {hook} "$@"
        code=$?
        [ "$code" -eq 97 ] || return "$code"
    fi
    if on_path; then
        "$found" hook {hook} "$@"
        return
    fi
    {{
        echo "antkey: cannot be started, so {refused}"
        [ -z "$python" ] || echo "antkey: it was run by $python when this hook was installed"
        echo "antkey: install it (outside of this repository), then run: antkey init --git-hooks"
        echo "antkey: {once}"
    }} >&2
    return 1
}}

{chain}"""

_CHAIN = """\
if [ -x "$before" ]; then
    "$before" "$@" || exit
fi
judge "$@"
"""

# Both read the same lines; the dot keeps the last line's end, which $() would take away.
_CHAIN_WITH_LINES = """\
if [ -x "$before" ]; then
    lines=$(cat; echo .)
    lines=${lines%.}
    printf %s "$lines" 2>/dev/null | "$before" "$@" || exit
    printf %s "$lines" | judge "$@"
else
    judge "$@"
fi
"""
