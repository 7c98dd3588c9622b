"""What stands in for a tenant's key and is not named as the platform's; keys under other names."""

from __future__ import annotations

import pytest

from antkey_scanner.code.carried import Carried
from antkey_scanner.code.languages import language_of
from antkey_scanner.code.messages import given_back, parts
from antkey_scanner.code.rule import Source
from antkey_scanner.code.standins import blocks, is_services, shipped, wrapped
from antkey_scanner.code.words import Vocabulary


def source(path: str, text: str) -> Source:
    language = language_of(path)
    assert language is not None
    return Source(path, text, language, Vocabulary())


def is_api_key(name: str) -> bool:
    return name.endswith(("api_key", "apiKey"))


def test_a_block_of_settings_whose_key_is_replaced_on_a_condition_is_found() -> None:
    text = (
        "<?php function f($tenant) {\n $config = config('prism.providers.anthropic');\n"
        " if ($tenant->anthropic_key) {\n  $config['api_key'] = $tenant->anthropic_key;\n }\n"
        " return $config;\n}\n"
    )
    assert len(list(blocks(source("a.php", text)))) == 1
    always = text.replace("if ($tenant->anthropic_key) {\n", "").replace(" }\n return", " return")
    assert list(blocks(source("a.php", always))) == []


def test_what_a_wrapper_wraps_is_found_beside_a_tenants() -> None:
    text = (
        "class Models {\n  modelFor(tenant: Tenant) {\n    if (tenant.apiKey) {\n"
        "      return new Anthropic({ apiKey: tenant.apiKey });\n    }\n    return this.inner;\n  }\n}\n"
    )
    ((function, returned),) = wrapped(source("a.ts", text))
    assert (function.name, returned.value) == ("modelFor", "this.inner")
    assert list(wrapped(source("a.ts", text.replace("this.inner", "this.result")))) == []


@pytest.mark.parametrize(("name", "is_its"), [("this.apiKey", True), ("tenant.apiKey", False)])
def test_a_services_own_key_is_told(name: str, is_its: bool) -> None:
    code = source("a.ts", f"class A {{ ask(req: R) {{ return {name}; }} }}\n")
    (returned,) = code.module.returns
    assert is_services(code, returned.value, returned.span) is is_its


def test_the_key_that_an_app_was_built_with_is_found_beside_its_users() -> None:
    text = "val key = preferences.anthropicKey ?: BuildConfig.ANTHROPIC_API_KEY\n"
    assert len(list(shipped(source("a.kt", text)))) == 1
    assert list(shipped(source("a.kt", text.replace("ANTHROPIC_API_KEY", "VERSION_NAME")))) == []


def test_a_name_has_a_key_where_it_was_given_one_last() -> None:
    code = source("a.py", "key = tenant.api_key\nf(key)\nkey = None\nkey = digest(x)\ng(key)\n")
    carried = Carried(code, is_api_key)
    assert carried.names == {"key"}
    first, second = (one for one in code.module.calls if one.callee in "fg")
    assert carried.is_carried("key", first.span)
    assert not carried.is_carried("key", second.span)


def test_what_is_made_of_a_key_is_none() -> None:
    code = source("a.py", "hint = mask(tenant.api_key)\nn = len(api_key)\n")
    assert Carried(code, is_api_key).names == frozenset()


def test_parts_of_messages_to_a_model_are_found() -> None:
    text = 'import anthropic\nask([{"role": "user", "content": f"use {api_key} now"}])\n'
    assert [value for value, _ in parts(source("a.py", text))] == ['f"use {api_key} now"']


def test_what_a_models_tool_gives_back_is_found() -> None:
    text = "import anthropic\n@tool\ndef whoami():\n    return api_key\n\ndef other():\n    return api_key\n"
    assert [value for value, _ in given_back(source("a.py", text))] == ["api_key"]
