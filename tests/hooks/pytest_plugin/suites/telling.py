"""Tests that print their keys in every way that pytest has; run by `test_masking.py`."""

from __future__ import annotations

import logging
import pprint
import sys
import unittest
import warnings

import pytest

pytestmark = pytest.mark.antkey(tenant="acme")


@pytest.fixture
def key(antkey_egress):
    return antkey_egress.tenant_key("acme")


@pytest.fixture
def breaks(antkey_egress):
    raise RuntimeError(f"set-up with {antkey_egress.platform_key}")


@pytest.fixture
def breaks_later(key):
    yield
    raise RuntimeError(f"teardown with {key}")


def test_compares(key):
    assert {"key": key, "all": [key] * 3} == {"key": key[::-1], "all": key.encode()}


def test_prints(key):
    print(key)
    print(key[:30], key[30:], sep="\n")
    print(pprint.pformat(key.encode(), width=30))
    print(key, file=sys.stderr)
    logging.getLogger().error("with %s", key)


def test_raises(key):
    raise ValueError(key) from RuntimeError(f"because of {key}")


def test_raises_with_note(key):
    error = ValueError("see below")
    error.add_note(key)
    raise error


def test_fails_plainly(key):
    pytest.fail(f"with {key}", pytrace=False)


def test_skips(key):
    pytest.skip(f"with {key}")


def test_expected(key):
    pytest.xfail(f"with {key}")


def test_warns(key):
    warnings.warn(f"with {key}", stacklevel=1)


def test_records(key, record_property):
    record_property("key", key)


def test_set_up(breaks):
    pass


def test_torn_down(breaks_later):
    pass


def test_argument(key):
    def inner(given):
        raise ValueError("inside")

    inner(key)


class Case(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _key(self, key):
        self.key = key

    def test_unittest(self):
        self.assertEqual(self.key, self.key[:-1])

    def test_subtest(self):
        with self.subTest(key=self.key):
            print(self.key)
            self.fail(self.key)


def test_keys(antkey_egress, key, tmp_path):
    """What the outer test looks for, in pieces that are no part of any key."""
    all_keys = [key, antkey_egress.platform_key]
    (tmp_path.parent / "keys.txt").write_text("\n".join(".".join(one) for one in all_keys))
