"""The recipes of languages beside Java: every case, and what the interceptor sees of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.clients.wrapped import wrapped
from tests.docs.recipes import CASES, asked, copied, run, tool
from tests.messages_api import Api

PROGRAMS = Path(__file__).with_name("recipe_programs")


class Recipe(NamedTuple):
    """A page with the program that tries it. made: makes the program in a folder where the page's files
    are; gives how it is started."""

    page: str
    made: Callable[[Path], list[str]]


def _go(folder: Path) -> list[str]:
    go = tool("go", "1", "version")
    (folder / "tenantkey").mkdir()
    (folder / "tenantkey.go").rename(folder / "tenantkey/tenantkey.go")
    (folder / "go.mod").write_text("module case\n\ngo 1.19\n")
    shutil.copy(PROGRAMS / "case.go", folder / "main.go")
    built = run(
        [go, "build", "-o", "program", "."], folder, GOPROXY="off", GOTOOLCHAIN="local", GOFLAGS=""
    )
    assert built.returncode == 0, built.stderr
    return [str(folder / "program")]


def _ruby(folder: Path) -> list[str]:
    ruby = tool("ruby", "3")
    shutil.copy(PROGRAMS / "case.rb", folder)
    return [ruby, str(folder / "case.rb")]


def _php(folder: Path) -> list[str]:
    php = tool("php", "8")
    if "curl" not in run([php, "-m"], folder).stdout.split():
        pytest.skip("PHP has no curl extension")
    for name in ("case.php", "psr.php"):
        shutil.copy(PROGRAMS / name, folder)
    return [php, str(folder / "case.php")]


def _node(folder: Path) -> list[str]:
    node = tool("node", "18")
    shutil.copy(PROGRAMS / "case.mjs", folder)
    return [node, str(folder / "case.mjs")]


def _dotnet(folder: Path) -> list[str]:
    dotnet = tool("dotnet", "8")
    shutil.copy(PROGRAMS / "case.cs", folder / "Program.cs")
    shutil.copy(PROGRAMS / "case.csproj", folder)
    built = run([dotnet, "build", "-o", "out"], folder, DOTNET_CLI_TELEMETRY_OPTOUT="1")
    assert built.returncode == 0, built.stdout
    return [dotnet, str(folder / "out/case.dll")]


RECIPES = (
    Recipe("go.md", _go),
    Recipe("ruby.md", _ruby),
    Recipe("php.md", _php),
    Recipe("node.md", _node),
    Recipe("dotnet.md", _dotnet),
)


class Made(NamedTuple):
    """command: what starts the program; folder: where its files are."""

    command: list[str]
    folder: Path

    def allow(self, host: str) -> dict[str, str]:
        """The variables by which a host is the only one that keys may go to. Ruby's recipe names it in its
        text, as its reader does."""
        recipe = self.folder / "tenant_key.rb"
        if recipe.exists():
            text = recipe.read_text()
            before = 'ALLOWED_HOSTS = ["'
            at = text.index(before) + len(before)
            recipe.write_text(text[:at] + host + text[text.index('"', at) :])
        return {"ALLOWED": host}


@pytest.fixture(scope="module", params=RECIPES, ids=lambda recipe: recipe.page)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    recipe: Recipe = request.param
    folder = tmp_path_factory.mktemp("recipe")
    copied(recipe.page, folder)
    return Made(recipe.made(folder), folder)


def test_only_the_tenants_key_is_sent(made: Made, api: Api, make_key: Callable[..., str]) -> None:
    texts = {"key": make_key(), "other": make_key()}
    cases = []
    for case in CASES:
        headers, url, key = asked(case, api, texts)
        cases.append({"headers": {**headers, "x-case": case}, "url": url, "key": key})
    done = run(made.command, made.folder, CASES=json.dumps(cases), **made.allow("127.0.0.1"))
    told = dict(zip(CASES, done.stdout.splitlines(), strict=True))
    passing = [case for case, (*_, passes) in CASES.items() if passes]
    assert [case for case, text in told.items() if text == "sent"] == passing, told
    assert all("was not sent" in told[case] for case in CASES if case not in passing), told
    assert [headers["x-case"] for headers in api.arrived] == passing
    assert not any(key[20:40] in done.stdout + done.stderr for key in texts.values())


def test_a_redirect_takes_no_key_along(made: Made, api: Api, make_key: Callable[..., str]) -> None:
    api.statuses, api.redirect = [307], f"{api.url.replace('127.0.0.1', 'localhost')}/v1/messages"
    key = make_key()
    one = {"headers": {"x-api-key": key}, "url": f"{api.url}/v1/messages", "key": key}
    run(made.command, made.folder, CASES=json.dumps([one]), **made.allow("127.0.0.1"))
    assert len(api.arrived) == 1


def test_the_interceptor_sees_no_other_key(made: Made, tmp_path: Path) -> None:
    url, key = "https://api.anthropic.com/v1/messages", "$ANTKEY_TENANT_KEY"
    platform = ("$ANTHROPIC_API_KEY", "$ANTHROPIC_AUTH_TOKEN")
    tried = [{"x-api-key": key}, *({"x-api-key": one} for one in platform)]
    tried += [{"x-api-key": key, "authorization": one} for one in platform]
    cases = json.dumps([{"headers": headers, "url": url, "key": key} for headers in tried])
    variables = {"CASES": cases, **made.allow("api.anthropic.com")}
    seen = wrapped(made.command, tmp_path, "ok", variables=variables)
    assert seen.output.count("was not sent") == len(tried) - 1, seen.output
    assert (seen.code, seen.rules, seen.requests) == (0, set(), 1), seen.output


def test_without_the_recipe_the_interceptor_sees_the_platforms_key(
    made: Made, tmp_path: Path
) -> None:
    # What is allowed to carry the platform's key is seen with it: the test above looks at something.
    key = "$ANTHROPIC_API_KEY"
    url = "https://api.anthropic.com/v1/messages"
    cases = json.dumps([{"headers": {"x-api-key": key}, "url": url, "key": key}])
    variables = {"CASES": cases, **made.allow("api.anthropic.com")}
    seen = wrapped(made.command, tmp_path, "ok", variables=variables)
    assert (seen.code, seen.rules) == (1, {"egress-platform-key"}), seen.output
