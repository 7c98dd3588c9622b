"""Which files of a scan are looked at as source code or as settings, and what comes of it.

The first look costs nothing that a scan for keys would notice: a name, and a few words in the bytes; all
else is imported for files that have both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.named import NamedTuple
from antkey_scanner.tally import Row, Tally
from antkey_scanner.tasks import LARGE
from antkey_scanner.tokens import find

if TYPE_CHECKING:
    from antkey_scanner.code.bounded import Answer, Bounded
    from antkey_scanner.code.rule import CodeRule, Parsing
    from antkey_scanner.code.search import Found
    from antkey_scanner.code.words import Vocabulary
    from antkey_scanner.model import Rule
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
        *("svelte", "astro", "dart", "swift", "m", "mm", "har", "http", "rest"),
    )
)
"""Of those in `settings.search`; a test compares them. Others are told by their names."""

SETTINGS_NAMES = frozenset(
    (
        *(
            ".bashrc",
            ".bash_profile",
            ".bash_aliases",
            ".profile",
            ".zshrc",
            ".zshenv",
            ".zprofile",
        ),
        *(".kshrc", ".cshrc", ".npmrc", ".netrc", ".pypirc", ".vars", "vars"),
    )
)
"""Of those in `settings.search` what no ending and no word in the name tells; a test compares them."""

MOST_BYTES = 2 << 20
"""A file beyond this is no source that people write."""

MOST_READ = 64 << 20
"""A file beyond this is not even asked whether it would have to be judged."""

_WINDOW, _OVERLAP = 1 << 20, 16
_COMPANY = (b"nthropic", b"NTHROPIC")
_MODEL = (b"laude", b"LAUDE")
_IN_SETTINGS = (
    *(*_COMPANY, *_MODEL, b"byok_only", b"cf-aig-no-wholesale"),
    b"forward_llm_provider_auth_headers",
)


class CodeSettings(NamedTuple):
    """What source code and settings are judged by.

    load, load_both, load_settings: give the rules about source code, about tenants' keys beside the
    platform's, and about settings, when a first file needs them; rule_of: any of them by its id; tenant,
    platform: words that names of a tenant's and of the platform's things hold, besides the usual ones.
    """

    load: Callable[[], Sequence[CodeRule]]
    load_both: Callable[[], Sequence[CodeRule]]
    load_settings: Callable[[], Sequence[SettingsRule]]
    rule_of: Callable[[str], Rule]
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
        self._bounded: Bounded | None = None

    def wants(self, path: str, data: memoryview) -> bool:
        """Whether a file is source code or settings, and speaks of Anthropic."""
        if path[path.rfind(".") + 1 :].lower() in ENDINGS:
            return _holds(data, _COMPANY) or (_holds(data, _MODEL) and _has_keys(data))
        return may_be_settings(path[path.rfind("/") + 1 :].lower()) and _holds(data, _IN_SETTINGS)

    def large(self, path: str, descriptor: int, size: int, tally: Tally) -> None:
        """Judge a file that is too large for the buffer that others are read into, or say that it is not:
        what people write is smaller than `MOST_BYTES`, what tools put together often is not."""
        if path[path.rfind(".") + 1 :].lower() not in ENDINGS:
            return
        if size <= MOST_BYTES:
            data = system.read_at(descriptor, size, 0)
            if self.wants(path, memoryview(data)):
                self.search(system.show(path), data, tally)
        elif self._speaks(descriptor, size):
            from antkey_scanner.code.search import is_wanted

            if is_wanted(path):
                tally.skip(system.show(path), "not judged as source code: too large", counts=False)

    def _speaks(self, descriptor: int, size: int) -> bool:
        """Whether a large file names whom the rules are about, or may."""
        if size > MOST_READ:
            return True
        for at in range(0, size, _WINDOW - _OVERLAP):
            if _holds(memoryview(system.read_at(descriptor, _WINDOW, at)), _COMPANY):
                return True
        return False

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
        except Exception as error:  # noqa: BLE001 - keys are still looked for in it
            problem = f"antkey failed on it ({type(error).__name__}); please report it"
            tally.skip(path, f"not judged as source code: {problem}")

    def _found(self, path: str, data: bytes, tally: Tally) -> Iterator[Found]:
        from antkey_scanner.code.search import is_wanted

        if path.rpartition(".")[2].lower() in ENDINGS:
            if is_wanted(path) and len(data) > MOST_BYTES:
                raise ValueError("too large")
            if is_wanted(path):
                yield from self._in_code(path, data, tally)
            return
        from antkey_scanner.settings import search as settings

        if settings.is_wanted(path) and settings.has_anchor(data):
            if not self._settings_rules:
                self._settings_rules = self._settings.load_settings()
            yield from settings.search(path, data, self._settings_rules, self._words())

    def _in_code(self, path: str, data: bytes, tally: Tally) -> Iterator[Found]:
        from antkey_scanner.code.bounded import Bounded
        from antkey_scanner.code.rule import NotParsedError, Parsing

        try:
            answer = self._judged(path, data, Parsing.REFUSED)
        except NotParsedError:
            if self._bounded is None:
                self._bounded = Bounded(self._in_child)
            answer = self._bounded.judge(path, data)
        yield from answer.found
        if answer.failure:
            raise ValueError(answer.failure)
        if answer.trouble:
            reason = f"not parsed but read statement by statement: {answer.trouble}"
            tally.skip(path, reason, counts=False)

    def _in_child(self, path: str, data: bytes, parsed: bool) -> Answer:
        from antkey_scanner.code.bounded import Answer
        from antkey_scanner.code.rule import Parsing

        try:
            return self._judged(path, data, Parsing.BY_PARSER if parsed else Parsing.AS_TEXT)
        except Exception as error:  # noqa: BLE001 - told by who asked
            return Answer(failure=f"antkey failed on it ({type(error).__name__}); please report it")

    def _judged(self, path: str, data: bytes, parsing: Parsing) -> Answer:
        from antkey_scanner.code.bounded import Answer
        from antkey_scanner.code.rule import NotParsedError, Parsing
        from antkey_scanner.code.search import judge, open_source

        source = open_source(path, data, self._words(), parsing)
        if source is None:
            return Answer()
        is_meant = source.has_both and not source.is_minified
        if parsing is Parsing.REFUSED and is_meant:
            raise NotParsedError
        if not self._rules:
            self._rules = self._settings.load()
        found: list[Found] = []
        failure = ""
        try:
            found.extend(judge(source, self._rules))
            if is_meant:  # few are, and what judges them is most of what there is to load
                if not self._both_rules:
                    self._both_rules = self._settings.load_both()
                found.extend(judge(source, self._both_rules))
        except ValueError as error:
            failure = str(error)
        if source.has_both and source.is_minified and not failure:
            failure = "tenants' keys are not looked for in what is minified"
        return Answer(tuple(found), source.trouble, failure)

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


def most_read(path: str) -> int:
    """Up to how many bytes a git object with this path is read to be judged, as files are: none where it is
    neither source code nor settings."""
    if path[path.rfind(".") + 1 :].lower() in ENDINGS:
        return MOST_READ
    return LARGE if may_be_settings(path[path.rfind("/") + 1 :].lower()) else 0


def _holds(data: memoryview, words: tuple[bytes, ...]) -> bool:
    for word in words:  # noqa: SIM110 - for each file, and a generator doubles it
        if find(data, word) >= 0:
            return True
    return False


def _has_keys(data: memoryview) -> bool:
    """Whether source code that names a model and not whose it is has to do with keys."""
    from antkey_scanner.code.search import has_anchor

    return has_anchor(data)


def may_be_settings(name: str) -> bool:
    """Whether a file's name, in lower case, is worth a look: nearly all that say they are no settings, as a
    library or a picture does, are told by this."""
    return (
        name.rpartition(".")[2] in SETTINGS_ENDINGS
        or name in SETTINGS_NAMES
        or "file" in name  # Dockerfile, Jenkinsfile.release
        or "env" in name
        or "tfvars" in name
        or "tfstate" in name
    )
