"""Whatever the environment and the event say: ids that are here come out, or an error that is ours."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hooks.ci.services import ZEROS
from tests.scanner.git.conftest import Git

from antkey_hooks.ci.event import read_event
from antkey_hooks.ci.scope import Scope, detected
from antkey_scanner.errors import PolicyError, SourceError

NAMES = (
    "--all",
    "--not",
    "HEAD",
    "../../HEAD",
    "main..side",
    "^main",
    "a b",
    "\0",
    "\udc80",
    "\ud800",
)
SERVICES: dict[str, dict[str, str]] = {
    "github": {"GITHUB_ACTIONS": "true"},
    "gitlab": {"GITLAB_CI": "true"},
    "jenkins": {"JENKINS_URL": "x"},
    "azure": {"TF_BUILD": "True", "BUILD_REASON": "PullRequest"},
    "bitbucket": {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_PR_ID": "1"},
    "circleci": {"CIRCLECI": "true"},
}
VARIABLES = (
    *("GITHUB_SHA", "GITHUB_REF", "GITHUB_BASE_REF", "CI_COMMIT_SHA", "CI_COMMIT_BEFORE_SHA"),
    *("CI_COMMIT_BRANCH", "CI_DEFAULT_BRANCH", "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
    *("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "GIT_COMMIT", "GIT_PREVIOUS_SUCCESSFUL_COMMIT"),
    *("CHANGE_ID", "CHANGE_TARGET", "BUILD_SOURCEVERSION", "SYSTEM_PULLREQUEST_TARGETBRANCH"),
    *("BITBUCKET_COMMIT", "BITBUCKET_PR_DESTINATION_COMMIT", "BITBUCKET_PR_DESTINATION_BRANCH"),
    *("CIRCLE_SHA1", "CIRCLE_TAG"),
)
EVENTS = ("push", "pull_request", "pull_request_target", "merge_group", "schedule", "nonsense")
SOURCES = ("push", "merge_request_event", "external_pull_request_event", "schedule", "nonsense")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Git, tuple[str, ...]]:
    """With two branches, and texts that may stand anywhere."""
    git = Git(tmp_path_factory.mktemp("hostile") / "repo").init()
    first = git.commit("first", a="1\n").hex()
    second = git.commit("second", a="2\n").hex()
    git("update-ref", "refs/remotes/origin/main", first)
    return git, (first, second, first[:12], ZEROS, "1" * 40, "1" * 64, "main", *NAMES)


def documents(texts: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    """Events with fields where GitHub has them, of any type."""
    values = st.one_of(texts, st.none(), st.integers(), st.lists(texts, max_size=2))
    keys = ("before", "after", "number", "sha", "default_branch", "head_sha", "base_sha")
    inner: st.SearchStrategy[object] = st.dictionaries(st.sampled_from(keys), values)
    side: st.SearchStrategy[object] = st.dictionaries(
        st.sampled_from(("head", "base", "number")), st.one_of(inner, values)
    )
    fields = ("pull_request", "merge_group", "repository", "before", "after", "number")
    return st.one_of(
        values, st.dictionaries(st.sampled_from(fields), st.one_of(values, inner, side))
    )


@given(st.data())
def test_only_ids_come_out(repository: tuple[Git, tuple[str, ...]], data: st.DataObject) -> None:
    git, texts = repository
    text = st.sampled_from(texts)
    event = git.path.parent / "event.json"
    event.write_text(json.dumps(data.draw(documents(text))))
    environment = dict(data.draw(st.dictionaries(st.sampled_from(VARIABLES), text)))
    environment |= data.draw(st.sampled_from(list(SERVICES.values())))
    environment["GITHUB_EVENT_NAME"] = data.draw(st.sampled_from(EVENTS))
    environment["CI_PIPELINE_SOURCE"] = data.draw(st.sampled_from(SOURCES))
    environment["GITHUB_EVENT_PATH"] = str(event)
    try:
        scope = detected((), environment, str(git.path), trusts_tree=True)
    except (PolicyError, SourceError):
        return
    assert isinstance(scope, Scope)
    if scope.range is not None:
        assert re.fullmatch(r"[0-9a-f]{40}( [0-9a-f]{40})* --not [0-9a-f]{40}", scope.range)


@given(st.binary(max_size=200))
def test_an_event_is_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "event"
    path.write_bytes(content)
    event = read_event(str(path))
    assert event.id("before") is None
    assert event.text("repository", "default_branch") is None


def test_an_event_is_a_file_and_nothing_else(tmp_path: Path) -> None:

    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/hostname")
    for name in ("pipe", "link", ".", "none", "\0"):
        assert not read_event(str(tmp_path / name)).is_there
