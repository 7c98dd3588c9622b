"""The clients that are tried, and how the program of each is started. Add one by a line and a program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, NamedTuple

from tests.clients.places import environment, program, python_of

PROGRAMS = Path(__file__).with_name("programs")


class Client(NamedTuple):
    """A client. program: in `programs`; environment: where its packages are, None where it needs none;
    start: what stands before the program's arguments; both: whether it sends ANTHROPIC_API_KEY and
    ANTHROPIC_AUTH_TOKEN when it finds both, or the latter even beside the key that it is given."""

    name: str
    program: str
    environment: str | None = None
    start: tuple[str, ...] = ()
    both: Literal["never", "found", "always"] = "never"

    def command(self) -> list[str]:
        """Its command line but for its arguments; a skip with the reason where something is missing."""
        path = str(PROGRAMS / self.program)
        match Path(self.program).suffix:
            case ".py" if self.environment is not None:
                return [python_of(self.environment), path]
            case ".py":
                return [sys.executable, path]
            case ".mjs":
                return [program("node"), path]
            case _:
                return [program(self.start[0]), *self.start[1:], path, *self.options()]

    def options(self) -> list[str]:
        """Whose program is for several clients is told which it is."""
        if self.program != "post.sh":
            return []
        program(self.name)
        return [self.name]

    def variables(self) -> dict[str, str]:
        """What the program wants in its environment."""
        if self.environment is None or not self.program.endswith(".mjs"):
            return {}
        return {"ANTKEY_CLIENT": str(environment(self.environment))}


_LIBRARIES = "python-libraries"

CLIENTS = (
    Client("anthropic 0.60", "anthropic_sdk.py", "anthropic-0.60", both="always"),
    Client("anthropic 1.17", "anthropic_sdk.py", "anthropic-1.17", both="found"),
    Client("anthropic newest", "anthropic_sdk.py", "anthropic-newest"),
    Client("anthropic newest, async stream", "anthropic_stream.py", "anthropic-newest"),
    Client("langchain-anthropic", "langchain_chat.py", "langchain"),
    Client("litellm", "litellm_chat.py", "litellm"),
    Client("httpx", "httpx_post.py", _LIBRARIES),
    Client("httpx2", "httpx2_post.py", _LIBRARIES),
    Client("requests", "requests_post.py", _LIBRARIES),
    Client("urllib3", "urllib3_post.py", _LIBRARIES),
    Client("aiohttp", "aiohttp_post.py", _LIBRARIES),
    Client("http.client", "http_client_post.py"),
    Client("urllib", "urllib_post.py"),
    Client("@anthropic-ai/sdk 0.60", "anthropic_sdk.mjs", "node-sdk-0.60", both="always"),
    Client("@anthropic-ai/sdk newest", "anthropic_sdk.mjs", "node-sdk-newest"),
    Client("Node fetch", "fetch.mjs"),
    Client("Node https", "https.mjs"),
    Client("axios", "axios.mjs", "node-libraries"),
    Client("ai-sdk", "ai_sdk.mjs", "node-libraries"),
    Client("curl", "post.sh", start=("sh",)),
    Client("wget", "post.sh", start=("sh",)),
    Client("Java HttpClient", "Post.java", start=("java",)),
    Client("Go net/http", "post.go", start=("go", "run")),
    Client("Ruby net/http", "post.rb", start=("ruby",)),
    Client("PHP curl", "post.php", start=("php",)),
)
