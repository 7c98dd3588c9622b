"""What calls let out: which values stand in their arguments as they are, and where they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.code.printed import MOST_CHARACTERS, raises, speaks, values


@pytest.mark.parametrize(
    "callee",
    [
        *(
            "print",
            "println",
            "console.log",
            "logger.info",
            "self._logger.warning",
            "logging.getLogger().debug",
        ),
        *(
            "log.Printf",
            "fmt.Println",
            "System.out.println",
            "Console.WriteLine",
            "Log.d",
            "Rails.logger.info",
        ),
        *(
            "puts",
            "var_dump",
            "error_log",
            "Log::info",
            "this.logger?.error",
            "_logger.LogInformation",
        ),
    ],
)
def test_what_writes_to_a_log_is_told(callee: str) -> None:
    assert speaks(callee) == "a log"


@pytest.mark.parametrize(
    "callee",
    [
        "Sentry.setExtra",
        "sentry_sdk.capture_message",
        "span.set_attribute",
        "Sentry.captureException",
    ],
)
def test_what_writes_to_an_error_tracker_is_told(callee: str) -> None:
    assert speaks(callee) == "an error tracker"


@pytest.mark.parametrize(
    "callee",
    [
        *(
            "Anthropic",
            "fmt.Sprintf",
            "math.log",
            "blog.save",
            "catalog.add",
            "dialog.show",
            "client.create",
        ),
        *("login", "sprint", "requests.post", "", "()", "a.b.c"),
    ],
)
def test_other_calls_write_to_nothing(callee: str) -> None:
    assert speaks(callee) is None


@pytest.mark.parametrize(
    "callee", ["ValueError", "new Error", "fmt.Errorf", "errors.New", "raise", "panic"]
)
def test_what_makes_an_exception_is_told(callee: str) -> None:
    assert raises(callee)


@pytest.mark.parametrize(
    ("language", "argument", "last"),
    [
        ("Python", "api_key", ["api_key"]),
        ("Python", 'f"{tenant.api_key}"', ["api_key"]),
        ("Python", '"{tenant.api_key}"', []),
        ("Python", 'f"{{api_key}}"', []),
        ("Python", 'f"{api_key=}"', ["api_key"]),
        ("Python", 'f"{api_key!r}"', ["api_key"]),
        ("Python", 'os.environ["API_KEY"]', ["API_KEY"]),
        ("Python", 'os.getenv("API_KEY")', ["API_KEY"]),
        ("Python", "str(api_key)", ["api_key"]),
        ("Python", "api_key.strip()", ["api_key"]),
        ("Python", "secret.get_secret_value()", ["secret"]),
        ("Python", "mask(api_key)", []),
        ("Python", "len(api_key)", []),
        ("Python", "api_key is None", []),
        ("Python", "not api_key", []),
        ("Python", "api_key[:6]", []),
        ("Python", "api_key[:19]", []),
        ("Python", "api_key[:20]", ["api_key"]),
        ("Python", "api_key[-4:]", []),
        ("JavaScript", "`${apiKey}`", ["apiKey"]),
        ("JavaScript", "'${apiKey}'", []),
        ("TypeScript JSX", "`${mask(apiKey)}`", []),
        ("JavaScript", "`${apiKey ? 'a' : 'b'}`", []),
        ("JavaScript", "{ apiKey }", ["apiKey"]),
        ("JavaScript", "{ apiKey: redact(apiKey) }", []),
        ("JavaScript", "!!apiKey", []),
        ("JavaScript", "typeof apiKey", []),
        ("JavaScript", "apiKey.length", ["length"]),
        ("JavaScript", "JSON.stringify(headers)", ["headers"]),
        ("JavaScript", "apiKey?.substring(0, 40)", ["apiKey"]),
        ("Kotlin", '"$apiKey"', ["apiKey"]),
        ("Kotlin", '"${a.apiKey}"', ["apiKey"]),
        ("Ruby", '"#{a.api_key}"', ["api_key"]),
        ("Ruby", "'#{a.api_key}'", []),
        ("PHP", '"$apiKey"', ["apiKey"]),
        ("PHP", "'$apiKey'", []),
        ("C#", '$"{apiKey}"', ["apiKey"]),
        ("C#", '"{apiKey}"', []),
        ("Java", '"a" + apiKey', ["apiKey"]),
        ("Go", '"api_key %s"', []),
    ],
)
def test_values_are_found_where_they_are_let_out(
    language: str, argument: str, last: list[str]
) -> None:
    assert [one.last for one in values(argument, language)] == last


@pytest.mark.parametrize(
    ("argument", "in_text"),
    [('f"a {key}"', True), ('"a" + key', True), ('"a %s" % key', True), ("key", False)],
)
def test_a_value_that_is_put_into_a_text_is_told(argument: str, in_text: bool) -> None:
    assert [one.in_text for one in values(argument, "Python")] == [in_text]


@given(
    st.text(st.sampled_from("a.{}$#'\"`\\([])!?:=+ \nf_key"), max_size=300),
    st.sampled_from(["Python", "JavaScript", "Kotlin", "PHP", "C#", "Ruby", "Go"]),
)
def test_any_argument_has_values(argument: str, language: str) -> None:
    for one in values(argument, language):
        assert 0 <= one.offset < len(argument)


@pytest.mark.parametrize("piece", ["(", "a(", "a.", 'f"{', "`${", "a[", "'", "{{", "\\", "a,"])
def test_endless_arguments_end(piece: str) -> None:
    assert len(list(values(piece * MOST_CHARACTERS, "JavaScript"))) >= 0
