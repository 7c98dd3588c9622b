"""The assistant's own tests. They say for whom they act, and know nothing else of antkey."""

import json
import os
import unittest
import urllib.request

import assistant

TENANTS = ("birch", "cedar")


def acting_for(tenant: str, surface: str) -> None:
    """Tell the interceptor for whom the requests that follow are; without one, nobody."""
    control = os.environ.get("ANTKEY_CONTROL_URL")
    if control:
        mark = json.dumps({"tenant": tenant, "surface": surface}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{control}/mark", mark), timeout=10).close()


class AssistantTest(unittest.TestCase):
    def test_each_customer_gets_an_answer(self) -> None:
        for tenant in TENANTS:
            acting_for(tenant, "chat")
            self.assertTrue(assistant.answer(tenant, "What did we earn?"))

    def test_each_customer_gets_a_summary_or_none(self) -> None:
        for tenant in TENANTS:
            acting_for(tenant, "summaries")
            self.assertIsInstance(assistant.summary(tenant, "October"), str)


if __name__ == "__main__":
    unittest.main()
