"""Python's own http.client."""

import http.client
import json
import urllib.parse

import app


class NotAnsweredError(Exception):
    """The API answers with an error."""


def ask(key, base_url):
    """Send one message."""
    parts = urllib.parse.urlsplit(base_url or app.API)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc)
    connection.request("POST", "/v1/messages", json.dumps(app.MESSAGE), app.headers(key))
    answer = connection.getresponse()
    if answer.status != 200:
        raise NotAnsweredError
    assert json.load(answer)["content"]


app.run(ask, NotAnsweredError)
