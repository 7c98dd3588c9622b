"""httpx2."""

import app
import httpx2


def ask(key, base_url):
    """Send one message."""
    url = f"{base_url or app.API}/v1/messages"
    answer = httpx2.post(url, json=app.MESSAGE, headers=app.headers(key)).raise_for_status()
    assert answer.json()["content"]


app.run(ask, httpx2.HTTPStatusError)
