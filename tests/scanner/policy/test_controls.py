"""What a policy says of controls, of how bad findings are, and what people vouch for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.model import Attestation, Severity
from antkey_scanner.policy import Catalogue, Demand, Grade, Policy, load_policy

NOW = 1_795_000_000.0  # 2026-11-18
WORD = """
[[attestation]]
control = "by-word"
statement = "It is so."
owner = "ann@example.com"
on = {on}
expires = {expires}
"""
VALUES: Mapping[str, Any] = {"egress": {"fallback": "when-no-tenant-key", "grace_seconds": 5}}
CATALOGUE = Catalogue(
    lambda name: VALUES if name == "optional-byok" else {},
    lambda: frozenset({"by-word", "by-measure"}),
    lambda: frozenset({"by-word"}),
)
Read = Callable[[str], Policy]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    monkeypatch.chdir(tmp_path)

    def read(text: str) -> Policy:
        (tmp_path / "antkey.toml").write_text(text)
        return load_policy(None, str(tmp_path), NOW, CATALOGUE)

    return read


def refusal(read: Read, text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        read(text)
    return "\n".join(caught.value.args)


def word(on: str = "2026-11-01", expires: str = "2026-12-31") -> str:
    return WORD.format(on=on, expires=expires)


def test_a_profile_sets_values(read: Read) -> None:
    egress = read('profile = "optional-byok"\n').egress
    assert egress is not None
    assert (egress.fallback, egress.grace_seconds) == ("when-no-tenant-key", 5.0)


def test_the_policy_s_own_values_go_before_the_profile_s(read: Read) -> None:
    egress = read('profile = "optional-byok"\n[egress]\nfallback = "never"\n').egress
    assert egress is not None
    assert (egress.fallback, egress.grace_seconds) == ("never", 5.0)


def test_what_is_asked_of_controls_and_rules(read: Read) -> None:
    policy = read(
        '[controls]\nby-word = {is = "required"}\n[controls.by-measure]\nis = "off"\nreason = "why"\n'
        'owner = "ann"\n[rules.some-rule]\nseverity = "info"\nreason = "so"\n'
    )
    assert policy.controls == {
        "by-word": Demand("required"),
        "by-measure": Demand("off", "why", "ann"),
    }
    assert policy.grades == {"some-rule": Grade(Severity.INFO, "so")}


@pytest.mark.parametrize("level", ["off", "optional"])
def test_a_promise_is_taken_back_with_a_reason(read: Read, level: str) -> None:
    message = refusal(read, f'[controls.by-word]\nis = "{level}"\n')
    assert message.startswith("antkey.toml:1: controls.by-word: ")
    assert "add reason" in message


def test_an_unknown_control_is_placed_and_a_near_one_named(read: Read) -> None:
    message = refusal(read, '\n[controls.by-wrd]\nis = "required"\n')
    assert message.startswith("antkey.toml:2: controls.by-wrd: is no control's id")
    assert "by-word" in message


def test_somebody_s_word_is_kept_with_its_days(read: Read) -> None:
    assert read(word()).attestations == {
        "by-word": Attestation("It is so.", "ann@example.com", "2026-11-01", "2026-12-31")
    }


def test_it_holds_to_the_end_of_its_day(read: Read) -> None:
    assert read(word(expires="2026-11-18")).attestations


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (word(expires="2026-11-17"), "by-word by ann@example.com expired on 2026-11-17"),
        (word(on="2026-11-19"), "is dated 2026-11-19, which is yet to come"),
        (word(on="2026-12-31", expires="2026-12-01"), "expires before it is made"),
        (word() + word(), "is attested twice"),
        (word().replace("by-word", "by-measure"), "can be measured"),
        (word().replace("by-word", "by-hearsay"), "is no control's id"),
        (word().replace('owner = "ann@example.com"\n', ""), "owner: is missing"),
    ],
)
def test_a_word_that_does_not_hold_is_an_error_that_names_itself(
    read: Read, text: str, problem: str
) -> None:
    message = refusal(read, text)
    assert message.startswith("antkey.toml:")
    assert problem in message


def test_without_a_catalogue_ids_are_taken_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "antkey.toml").write_text('[controls.whatever]\nis = "required"\n')
    assert load_policy(None, str(tmp_path), NOW).controls


def test_a_level_alone_is_told_how_to_be_written(read: Read) -> None:
    message = refusal(read, '[controls]\nby-word = "required"\n')
    assert message == (
        "antkey.toml:2: controls.by-word: is a string; it must be a table, such as { is = … }"
    )


RULES = {"a-rule": Severity.HIGH, "other-thing": Severity.LOW}
WAIVER = '[[waiver]]\nrule = "{}"\npath = "x"\nreason = "known"\nexpires = 2026-12-31\n'


@pytest.fixture
def read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Policy]:
    """Reads a policy where it is known what rules there are."""
    monkeypatch.chdir(tmp_path)

    def read(text: str, *, is_whole: bool = True) -> Policy:
        (tmp_path / "antkey.toml").write_text(text)
        catalogue = CATALOGUE._replace(severities=lambda _: RULES, is_whole=is_whole)
        return load_policy(None, str(tmp_path), NOW, catalogue)

    return read


@pytest.mark.parametrize("severity", ["info", "low", "medium"])
def test_to_make_less_of_a_rule_takes_a_reason(read_whole: Read, severity: str) -> None:
    text = f'[rules.a-rule]\nseverity = "{severity}"\n'
    assert refusal(read_whole, text) == (
        "antkey.toml:1: rules.a-rule: makes less of it than high, which it is by itself, without saying"
        " why; add reason"
    )
    assert read_whole(f'{text}reason = "it is agreed"\n').grades["a-rule"].reason == "it is agreed"


def test_to_make_more_of_a_rule_takes_none(read_whole: Read) -> None:
    assert read_whole('[rules.a-rule]\nseverity = "critical"\n').grades
    assert read_whole('[rules.a-rule]\nseverity = "high"\n').grades


def test_a_rule_that_is_none_is_refused_with_a_suggestion(read_whole: Read) -> None:
    said = refusal(read_whole, WAIVER.format("a-rulle"))
    assert said == 'antkey.toml:2: waiver[1].rule: is no rule\'s id; did you mean "a-rule"?'
    said = refusal(read_whole, '[rules.other-thin]\nseverity = "info"\n')
    assert 'did you mean "other-thing"?' in said
    assert "antkey rules list names all" in refusal(read_whole, WAIVER.format("quite-strange"))


def test_where_others_may_be_in_use_only_what_is_near_to_one_is_refused(
    read_whole: Callable[..., Policy],
) -> None:
    assert read_whole(WAIVER.format("quite-strange"), is_whole=False).waivers
    with pytest.raises(PolicyError, match="did you mean"):
        read_whole(WAIVER.format("a-rulle"), is_whole=False)


def test_a_word_holds_for_two_years_at_most(read: Read) -> None:
    assert read(word("2026-11-01", "2028-11-01")).attestations
    said = refusal(read, word("2026-11-01", "2999-12-31"))
    assert "holds for more than two years (731 days); have it confirmed more often" in said
