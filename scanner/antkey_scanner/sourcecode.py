"""Which files of a scan are looked at as source code or as settings, and what comes of it.

The first look costs nothing that a scan for keys would notice: a name, and a few words in the bytes; all
else is imported for files that have both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.buffers import find
from antkey_scanner.model import Skip
from antkey_scanner.named import NamedTuple
from antkey_scanner.tally import Row, Tally

if TYPE_CHECKING:
    from antkey_scanner.code.judging import Judged, Judging
    from antkey_scanner.code.pieces import Read
    from antkey_scanner.code.rule import CodeRule
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

MOST_READ = 64 << 20
"""Up to so many bytes a git object is read to be judged, as `code.judging` does it."""

MOST_SETTINGS = 4 << 20
"""Settings beyond this are data, which nobody judges; as in `settings.search`, a test compares them."""

_WINDOW, _OVERLAP = 1 << 20, 256
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
        self._settings_rules: Sequence[SettingsRule] = ()
        self._vocabulary: Vocabulary | None = None
        self._judging: Judging | None = None

    def wants(self, path: str, data: memoryview) -> bool:
        """Whether a file is source code or settings, and speaks of Anthropic."""
        if path[path.rfind(".") + 1 :].lower() in ENDINGS:
            return _holds(data, _COMPANY) or (_holds(data, _MODEL) and _has_keys(data))
        return may_be_settings(path[path.rfind("/") + 1 :].lower()) and _holds(data, _IN_SETTINGS)

    def large(self, path: str, descriptor: int, size: int, tally: Tally) -> None:
        """Judge a file that is too large for the buffer that others are read into. Raises OSError."""

        def read(count: int, at: int) -> bytes:
            return system.read_at(descriptor, count, at)

        name = path[path.rfind("/") + 1 :].lower()
        is_named = name.rpartition(".")[2] in ENDINGS or may_be_settings(name)
        if is_named and self._speaks(path, read, size):
            self._search(system.show(path), read, size, tally)

    def _speaks(self, path: str, read: Read, size: int) -> bool:
        """Whether a large file speaks of Anthropic anywhere."""
        starts = range(0, size, _WINDOW - _OVERLAP)
        return any(self.wants(path, memoryview(read(_WINDOW, at))) for at in starts)

    def search(self, path: str, data: bytes, tally: Tally) -> None:
        """Add what is wrong in a file, and say so where it could not be judged."""
        self._search(path, lambda count, at: data[at : at + count], len(data), tally)

    def _search(self, path: str, read: Read, size: int, tally: Tally) -> None:
        try:
            for one in self._judged(path, read, size):
                if isinstance(one, Skip):
                    tally.skips.append(one)
                else:
                    self._add(path, one, tally)
        except OSError:
            raise
        except ValueError as error:  # settings of such a size, which are not written by people
            tally.skip(path, f"not judged as settings: {error}", counts=False)
        except Exception as error:  # noqa: BLE001 - keys are still looked for in it
            problem = f"antkey failed on it ({type(error).__name__}); please report it"
            tally.skip(path, f"not judged as source code: {problem}")

    def _add(self, path: str, judged: Judged, tally: Tally) -> None:
        found = judged.found
        waived, note = self._marked(judged.data, judged.line, found.rule)
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

    def _judged(self, path: str, read: Read, size: int) -> Iterator[Judged | Skip]:
        from antkey_scanner.code.search import is_wanted

        if path.rpartition(".")[2].lower() in ENDINGS:
            if is_wanted(path):
                if self._judging is None:
                    from antkey_scanner.code.judging import Judging

                    made = self._settings
                    self._judging = Judging(made.load, made.load_both, self._words())
                yield from self._judging.judge(path, read, size)
            return
        from antkey_scanner.code.judging import Judged
        from antkey_scanner.settings import search as settings

        if not settings.is_wanted(path):
            return
        if size > MOST_SETTINGS:
            raise ValueError("larger than 4 MiB")
        data = read(size, 0)
        if settings.has_anchor(data):
            if not self._settings_rules:
                self._settings_rules = self._settings.load_settings()
            for found in settings.search(path, data, self._settings_rules, self._words()):
                yield Judged(found, data, found.line)

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
    return MOST_SETTINGS if may_be_settings(path[path.rfind("/") + 1 :].lower()) else 0


def is_source(path: str) -> bool:
    """Whether a path is of source code that is judged, if it speaks of Anthropic."""
    if path[path.rfind(".") + 1 :].lower() not in ENDINGS:
        return False
    from antkey_scanner.code.search import is_wanted

    return is_wanted(path)


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
