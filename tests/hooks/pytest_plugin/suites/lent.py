"""Tests that look at the credential variables; run by `test_masking.py`, in this order."""

from __future__ import annotations

import os

import pytest

BEFORE = dict(os.environ)
NAMES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CONFIG_DIR")


def as_before():
    return all(os.environ.get(name) == BEFORE.get(name) for name in NAMES)


def test_before():
    assert as_before()


@pytest.fixture
def at_set_up():
    return os.environ["ANTHROPIC_API_KEY"]


@pytest.mark.antkey(tenant="acme", requests=0)
def test_marked(at_set_up):
    assert at_set_up.startswith("sk-ant-api03-")
    assert len(at_set_up) == 108
    assert at_set_up != BEFORE["ANTHROPIC_API_KEY"]
    assert os.environ["ANTHROPIC_AUTH_TOKEN"] not in (at_set_up, "")
    assert os.listdir(os.environ["ANTHROPIC_CONFIG_DIR"]) == []
    os.environ["ANTHROPIC_AUTH_TOKEN"] = "changed"
    del os.environ["ANTHROPIC_API_KEY"]


def test_between():
    assert as_before()


def test_with_fixture(antkey_egress):
    assert os.environ["ANTHROPIC_API_KEY"] == antkey_egress.platform_key
    assert antkey_egress.tenant_key("acme") == antkey_egress.tenant_key("acme")
    assert antkey_egress.tenant_key("acme") != antkey_egress.tenant_key("globex")


def test_after():
    assert as_before()
