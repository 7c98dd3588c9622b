"""What a path says of a file: whether of variables, an example or a test's; of which environment. Pure."""

from __future__ import annotations

import re

from antkey_scanner.late import late

_ENVIRONMENT_FILE = late(
    r"(?i)(?:\.env(?:rc)?|env|\.dev\.vars|\.flaskenv)(?:[._-][\w.-]{1,60})?|[\w.-]{1,60}\.env(?:\.[\w-]{1,40})?"
)
_EXAMPLE = late(
    r"(?i)(?:^|[._-])(?:example|examples|sample|template|tmpl|dist|default|defaults|tpl|test|tests|schema|skel|mock|ci)(?:$|[._-])"
)
_TEST = late(
    r"(?i)(?:^|/)(?:tests?|__tests__|specs?|fixtures?|testdata|__mocks__|mocks?|e2e)/|[._-](?:test|spec)\.[\w.]{1,12}$|(?:^|/)test_[^/]{1,200}$"
)
_NOT = ("env.py", "env.sh", "env.js", "env.ts", "env.d.ts", "env.yaml", "env.yml", "env.json")
_ENVIRONMENTS = {
    "production": ("prod", "production", "prd", "live"),
    "staging": ("stag", "stage", "staging", "stg", "preprod", "uat"),
    "development": ("dev", "develop", "development", "local", "sandbox"),
    "test": ("test", "testing", "qa", "ci"),
    "preview": ("preview", "review"),
}
_BY_WORD = {word: name for name, listed in _ENVIRONMENTS.items() for word in listed}


def is_environment_file(path: str) -> bool:
    """Whether a path is that of a `.env` file, of any variant."""
    name = path.rpartition("/")[2]
    return _ENVIRONMENT_FILE.fullmatch(name) is not None and name.lower() not in _NOT


def is_example(path: str) -> bool:
    """Whether a file's name says that its values are none."""
    return _EXAMPLE.search(path.rpartition("/")[2]) is not None


def is_test(path: str) -> bool:
    """Whether a file belongs to tests."""
    return _TEST.search(path) is not None


def environment_of(path: str) -> str | None:
    """The environment that a file is for, None where its path names none or several."""
    for part in reversed(path.replace("!/", "/").split("/")):
        named = {_BY_WORD[word] for word in re.split(r"[^a-z]+", part.lower()) if word in _BY_WORD}
        if named:
            return named.pop() if len(named) == 1 else None
    return None
