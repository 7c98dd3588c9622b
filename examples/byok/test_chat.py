"""The chat's own test. It says for whom it acts, and needs to know nothing else of antkey."""

import json
import os
import unittest
import urllib.request

import chat


def acting_for(customer: str, surface: str) -> None:
    """Tell the interceptor for whom the requests that follow are; without one, nobody."""
    control = os.environ.get("ANTKEY_CONTROL_URL")
    if control:
        mark = json.dumps({"tenant": customer, "surface": surface}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{control}/mark", mark), timeout=10).close()


class ChatTest(unittest.TestCase):
    def test_each_customer_gets_an_answer(self) -> None:
        for customer in ("acme", "globex"):
            acting_for(customer, "chat")
            self.assertTrue(chat.ask(customer, "Hello"))


if __name__ == "__main__":
    unittest.main()
