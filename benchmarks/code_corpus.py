"""Makes source files that speak of Anthropic, of which the rules about code have something to judge, and a
repository with ten of them staged. Beside a tree that does not, they are the share of files that is parsed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpora import Corpus, Made, Unavailable, kept
from benchmarks.gitcalls import git

SHARE = 0.02
"""Of all files, so many speak of Anthropic."""

STAGED = tuple(f"service_{number:02}/llm.py" for number in range(10))
"""The files of the commit, of which one speaks of Anthropic."""

_RECIPE = "1"
_DISK = 20_000_000
_SIZES = range(3_000, 40_000)
_EVERY = 4
"""One file in so many is TypeScript, the others are Python of the tree's own."""

_IMPORT = (
    "import os\nfrom anthropic import Anthropic\n\nMODEL = os.environ.get('ANTHROPIC_MODEL')\n"
)
_BOTH = """

class Keys{n}:
    def __init__(self, store):
        self.store = store

    def client_for(self, tenant_id, question):
        tenant = self.store.get(tenant_id)
        if tenant is None or not tenant.anthropic_api_key:
            raise LookupError(f"no key of {{tenant_id}}")
        client = Anthropic(api_key=tenant.anthropic_api_key, timeout=30)
        return client.messages.create(model=MODEL, messages=[{{"role": "user", "content": question}}])


def own_client_{n}():
    return Anthropic(api_key=os.environ["ANTHROPIC_API_KEY"])
"""
_FALLBACK = """

def key_of_{n}(workspace):
    return workspace.api_key or os.environ["ANTHROPIC_API_KEY"]
"""
_HEAD = 'import Anthropic from "@anthropic-ai/sdk";\nimport {{ db }} from "../store/{n}";\n'
_FUNCTION = """
export async function load{n}(request: Request, limit = {n}): Promise<Row[]> {{
  const {{ page, order }} = await parse(request);
  const rows = await db.items{n}.findMany({{ where: {{ page, state: "open" }}, take: limit }});
  if (rows.length === 0) {{
    throw new NotFound(`items of page ${{page}}`);
  }}
  return rows.filter((row) => row.visible ?? true).map((row) => ({{ ...row, order: order || "asc" }}));
}}
"""
_TENANTS = """
export async function modelFor{n}(workspaceId: string) {{
  const settings = await db.workspaceSettings.find(workspaceId);
  if (!settings?.anthropicKey) throw new MissingKey(workspaceId);
  return new Anthropic({{ apiKey: settings.anthropicKey }});
}}
export const platform{n} = () => new Anthropic({{ apiKey: process.env.ANTHROPIC_API_KEY }});
"""


def anchored(cache: Path, tree: Corpus) -> Corpus:
    """Files in such a number that they are `SHARE` of all, made of Python files of a tree and of generated
    TypeScript. Half of them speak of tenants' keys and of the platform's, a few have a fallback."""
    count = int(tree.files * SHARE / (1 - SHARE)) + 1
    return kept(cache / "code", f"{_RECIPE} {count}", _DISK, partial(_made, tree.path, count))


def _made(tree: Path, count: int, folder: Path) -> Made:
    chance = random.Random(1)
    own = [path for path in sorted(tree.rglob("*.py")) if path.stat().st_size in _SIZES]
    if len(own) < count:
        raise Unavailable(f"{tree} has no {count} Python files to begin with")
    size = 0
    for number, path in enumerate(chance.sample(own, count)):
        is_python = number % _EVERY > 0
        place = folder / f"service_{number:03}" / ("llm.py" if is_python else "llm.ts")
        place.parent.mkdir(parents=True)
        text = _python(path, number) if is_python else "".join(_typescript(number))
        place.write_text(text, encoding="utf-8")
        size += place.stat().st_size
    return Made(folder, count, size, [])


def _python(path: Path, number: int) -> str:
    """A file of the tree's, as if it had grown."""
    text = path.read_text(encoding="utf-8", errors="replace")
    future = "from __future__ import annotations\n"
    before = future if future in text else ""
    more = _BOTH.format(n=number) if number % 2 else ""
    wrong = _FALLBACK.format(n=number) if number % 50 == 1 else ""
    return f"{before}{_IMPORT}{text.replace(future, '')}{more}{wrong}"


def _typescript(number: int) -> Iterator[str]:
    yield _HEAD.format(n=number)
    for one in range(random.Random(number).randrange(8, 60)):
        yield _FUNCTION.format(n=one)
    if number % 8 == 0:
        yield _TENANTS.format(n=number)


def staged(cache: Path) -> Corpus:
    """A small repository with ten staged files, one of which speaks of Anthropic and of tenants."""
    return kept(cache / "codehook", _RECIPE, 1_000_000, _repository)


def _repository(folder: Path) -> Made:
    place = folder / "clean"
    place.mkdir(parents=True)
    git(place, "init", "--quiet", "--initial-branch=main")
    for number, name in enumerate(STAGED):
        file = place / name
        file.parent.mkdir()
        both = _IMPORT + _BOTH.format(n=number)
        file.write_text(both if number == len(STAGED) // 2 else f"LIMIT = {number}\n")
    git(place, "add", "--all")
    size = sum((place / name).stat().st_size for name in STAGED)
    return Made(place, len(STAGED), size, [])
