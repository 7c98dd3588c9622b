"""requests."""

import app
import requests


def ask(key, base_url):
    """Send one message."""
    url = f"{base_url or app.API}/v1/messages"
    answer = requests.post(url, json=app.MESSAGE, headers=app.headers(key), timeout=30)
    answer.raise_for_status()
    assert answer.json()["content"]


app.run(ask, requests.HTTPError)
