"""vcrpy's cassettes, in both of its forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from tests.scanner.egress.recordings.reading import Read, at, read

MakeKey = Callable[..., str]

DATE = "Fri, 20 Nov 2026 12:00:00 GMT"


def interaction(headers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "request": {
            "body": json.dumps({"model": "claude-sonnet-4-5"}),
            "headers": {"accept": ["application/json"], **headers},
            "method": "POST",
            "uri": "https://api.anthropic.com/v1/messages",
        },
        "response": {
            "body": {"string": "{}"},
            "headers": {"Date": [DATE]},
            "status": {"code": 200, "message": "OK"},
        },
        **more,
    }


@pytest.fixture(params=["yaml", "json", "json lines"])
def cassette(request: pytest.FixtureRequest) -> Callable[..., Read]:
    def make(*interactions: dict[str, Any], **policy: Any) -> Read:
        whole = {"interactions": list(interactions), "version": 1}
        match request.param:
            case "yaml":
                return read(yaml.dump(whole), **policy)
            case "json":
                return read(json.dumps(whole, indent=4), **policy)
            case _:
                return read(json.dumps(whole), **policy)

    return make


def test_the_time_is_the_answer_s_date(cassette: Callable[..., Read], make_key: MakeKey) -> None:
    request = cassette(interaction({"x-api-key": [make_key()]})).request
    assert request.time == at("2026-11-20T12:00:00Z")
    assert (request.method, request.host, request.path, request.status, request.model) == (
        *("POST", "api.anthropic.com", "/v1/messages"),
        200,
        "claude-sonnet-4-5",
    )
    assert [one.carrier for one in request.credentials] == ["x-api-key"]


def test_without_a_date_there_is_no_time(cassette: Callable[..., Read], make_key: MakeKey) -> None:
    one = interaction({"x-api-key": make_key()})
    del one["response"]["headers"]
    assert cassette(one).request.time is None


@pytest.mark.parametrize("replaced", ["REDACTED", "<API_KEY>", "DUMMY", "**********", "fake-key"])
def test_a_filtered_key_is_not_known(cassette: Callable[..., Read], replaced: str) -> None:
    request = cassette(interaction({"x-api-key": [replaced]})).request
    assert not request.credentials
    assert not request.complete


def test_a_cassette_without_any_credential_may_have_been_filtered(
    cassette: Callable[..., Read],
) -> None:
    found = cassette(interaction({}), interaction({}))
    assert [one.complete for one in found.requests] == [False, False]


def test_a_cassette_that_shows_a_key_shows_them_all(
    cassette: Callable[..., Read], make_key: MakeKey
) -> None:
    found = cassette(interaction({}), interaction({"Authorization": [f"Bearer {make_key()}"]}))
    assert sorted((len(one.credentials), one.complete) for one in found.requests) == [
        (0, True),
        (1, True),
    ]


def test_a_key_in_an_answer_is_found(cassette: Callable[..., Read], make_key: MakeKey) -> None:
    one = interaction({"x-api-key": make_key()})
    one["response"]["body"]["string"] = f'{{"key": "{make_key()}"}}'
    carriers = [one.carrier for one in cassette(one).request.credentials]
    assert carriers == ["x-api-key", "response"]


def test_strange_interactions_are_told(cassette: Callable[..., Read], make_key: MakeKey) -> None:
    strange: list[Any] = [None, 3, [], {"request": None}]
    found = cassette(*strange, interaction({"x-api-key": make_key()}))
    assert len(found.requests) == 1
    assert len(found.skips) == 4


def test_an_empty_cassette_is_no_broken_one(cassette: Callable[..., Read]) -> None:
    found = cassette()
    assert not found.requests
    assert not found.skips


def test_lines_are_those_of_the_interactions(make_key: MakeKey) -> None:
    text = yaml.dump({"interactions": [interaction({"x-api-key": make_key()}) for _ in range(3)]})
    wanted = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("- ")]
    assert [one.place.line for one in read(text).requests] == wanted


def test_bytes_and_what_is_written_once_are_read(make_key: MakeKey) -> None:
    shared = [make_key()]
    one, other = interaction({"x-api-key": shared}), interaction({"x-api-key": shared})
    one["request"]["body"] = one["request"]["body"].encode()
    text = yaml.dump({"interactions": [one, other]})
    assert "&id001" in text
    assert "!!binary" in text
    found = read(text)
    assert [len(one.credentials) for one in found.requests] == [1, 1]
    assert found.requests[0].model == "claude-sonnet-4-5"


@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_a_cut_cassette_gives_what_is_whole_and_says_that_it_is_cut(
    make_key: MakeKey, share: float
) -> None:
    text = yaml.dump({"interactions": [interaction({"x-api-key": make_key()}) for _ in range(20)]})
    cut = text[: int(len(text) * share)]
    # In the middle of a quoted text: what YAML ends in elsewhere is whole.
    found = read(cut[: cut.rindex("'")] + "'")
    assert 0 < len(found.requests) < 20


def test_other_yaml_and_tags_that_ask_for_code_are_told() -> None:
    for text in (
        "version: 1\nother: []\n",
        "interactions:\n- !!python/object/apply:os.system ['true']\n",
        "interactions:\n" + "- [" * 3000,
        "interactions:\n" + "".join(f"- &a{n} x\n" for n in range(20_000)),
    ):
        found = read(text)
        assert not found.requests
        assert found.skips
