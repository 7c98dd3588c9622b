"""Which files of a scan are looked at as source code or as settings, and what comes of it.

The first look costs nothing that a scan for keys would notice: a name, and a few words in the bytes; all
else is imported for files that have both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner.tally import Row, Tally
from antkey_scanner.tokens import find

if TYPE_CHECKING:
    from antkey_scanner.code.rule import CodeRule
    from antkey_scanner.code.search import Found
    from antkey_scanner.code.words import Vocabulary
    from antkey_scanner.settings.rule import SettingsRule

ENDINGS = frozenset(
    (
        *("py", "pyi", "js", "jsx", "mjs", "cjs", "ts", "mts", "cts", "tsx"),
        *("go", "cs", "java", "kt", "kts", "rb", "rake", "php", "rs"),
    )
)
"""Of the languages in `code.languages`; a test compares them."""

SETTINGS_ENDINGS = frozenset(
    (
        *(
            "yml",
            "yaml",
            "json",
            "jsonc",
            "json5",
            "toml",
            "ini",
            "cfg",
            "conf",
            "properties",
            "env",
        ),
        *("tf", "tfvars", "tfstate", "tfbackend", "hcl", "nomad", "bicep", "tpl", "template", "j2"),
        *("sh", "bash", "zsh", "fish", "ps1", "psm1", "bat", "cmd", "mk", "nix", "cue", "jsonnet"),
        *(
            "libsonnet",
            "xml",
            "plist",
            "strings",
            "xcconfig",
            "gradle",
            "groovy",
            "config",
            "local",
        ),
        *("service", "dockerfile", "jenkinsfile", "backup", "bak", "ipynb", "html", "htm", "vue"),
        *("svelte", "astro", "dart", "swift", "m", "mm"),
    )
)
"""Of those in `settings.search`; a test compares them. Others are told by their names."""

_IN_CODE = (b"nthropic", b"NTHROPIC")
_IN_SETTINGS = (
    *(*_IN_CODE, b"laude", b"LAUDE", b"byok_only", b"cf-aig-no-wholesale"),
    b"forward_llm_provider_auth_headers",
)


class CodeSettings(NamedTuple):
    """What source code and settings are judged by.

    load, load_both, load_settings: give the rules about source code, about tenants' keys beside the
    platform's, and about settings, when a first file needs them; tenant, platform: words that names of a
    tenant's and of the platform's things hold, besides the usual ones.
    """

    load: Callable[[], Sequence[CodeRule]]
    load_both: Callable[[], Sequence[CodeRule]]
    load_settings: Callable[[], Sequence[SettingsRule]]
    tenant: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()


class CodeSearch:
    """Searches source files into a tally. marks: as in `worker.Settings`."""

    def __init__(self, settings: CodeSettings, marks: tuple[str, ...]) -> None:
        self._settings = settings
        self._marks = marks
        self._rules: Sequence[CodeRule] = ()
        self._both_rules: Sequence[CodeRule] = ()
        self._settings_rules: Sequence[SettingsRule] = ()
        self._vocabulary: Vocabulary | None = None

    def wants(self, path: str, data: memoryview) -> bool:
        """Whether a file is source code or settings, and speaks of Anthropic."""
        name = path.rpartition("/")[2].lower()
        if name.rpartition(".")[2] in ENDINGS:
            return any(find(data, word) >= 0 for word in _IN_CODE)
        return may_be_settings(name) and any(find(data, word) >= 0 for word in _IN_SETTINGS)

    def search(self, path: str, data: bytes, tally: Tally) -> None:
        """Add what is wrong in a file, and say so where it could not be judged."""
        try:
            for found in self._found(path, data, tally):
                waived, note = self._marked(data, found.line, found.rule)
                tally.add(
                    Row(
                        path,
                        found.rule,
                        found.anchor,
                        "",
                        "",
                        (),
                        found.offset,
                        found.line,
                        found.column,
                        waived,
                        note,
                        message=found.message,
                    )
                )
        except ValueError as error:
            tally.skip(path, f"not judged as source code: {error}", counts=False)

    def _found(self, path: str, data: bytes, tally: Tally) -> Iterator[Found]:
        from antkey_scanner.code.search import is_wanted

        if path.rpartition(".")[2].lower() in ENDINGS:
            if is_wanted(path):
                yield from self._in_code(path, data, tally)
            return
        from antkey_scanner.settings import search as settings

        if settings.is_wanted(path) and settings.has_anchor(data):
            if not self._settings_rules:
                self._settings_rules = self._settings.load_settings()
            yield from settings.search(path, data, self._settings_rules, self._words())

    def _in_code(self, path: str, data: bytes, tally: Tally) -> Iterator[Found]:
        from antkey_scanner.code.search import judge, open_source

        source = open_source(path, data, self._words())
        if source is None:
            return
        if not self._rules:
            self._rules = self._settings.load()
        yield from judge(source, self._rules)
        if source.has_both:  # few have, and what judges them is most of what there is to load
            if not self._both_rules:
                self._both_rules = self._settings.load_both()
            yield from judge(source, self._both_rules)
        if source.trouble:
            reason = f"not parsed but read statement by statement: {source.trouble}"
            tally.skip(path, reason, counts=False)

    def _words(self) -> Vocabulary:
        if self._vocabulary is None:
            from antkey_scanner.code.words import Vocabulary

            usual = Vocabulary()
            self._vocabulary = Vocabulary(
                usual.tenant | set(self._settings.tenant),
                usual.platform | set(self._settings.platform),
            )
        return self._vocabulary

    def _marked(self, data: bytes, line: int, rule: str) -> tuple[str | None, str | None]:
        """What the marks beside a line say of a rule, as `inline.judge` tells it."""
        if not self._marks or b"antkey:" not in data:
            return None, None
        from antkey_scanner.inline import judge, marks_beside
        from antkey_scanner.windows import BytesWindows

        start = 0
        for _ in range(line - 1):
            start = data.find(b"\n", start) + 1
        end = data.find(b"\n", start)
        length = (len(data) if end < 0 else end) - start
        indent = length - len(data[start : start + length].lstrip())
        at = start + indent
        return judge(marks_beside(BytesWindows(data), at, 1, (), self._marks), rule)


def may_be_settings(name: str) -> bool:
    """Whether a file's name, in lower case, is worth a look: nearly all that say they are no settings, as a
    library or a picture does, are told by this."""
    bare = name.lstrip(".")
    return (
        name.rpartition(".")[2] in SETTINGS_ENDINGS
        or "." not in bare
        or "file" in name  # Dockerfile, Jenkinsfile.release
        or "env" in name
        or "tfvars" in name
        or "tfstate" in name
    )
