"""urllib3, without a proxy of its own."""

import app
import urllib3


class NotAnsweredError(Exception):
    """The API answers with an error."""


def ask(key, base_url):
    """Send one message."""
    url = f"{base_url or app.API}/v1/messages"
    pool = urllib3.PoolManager()
    answer = pool.request("POST", url, json=app.MESSAGE, headers=app.headers(key))
    if answer.status != 200:
        raise NotAnsweredError
    assert answer.json()["content"]


app.run(ask, NotAnsweredError)
