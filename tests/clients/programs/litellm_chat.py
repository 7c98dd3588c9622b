"""litellm, by its name for Anthropic's models."""

import os

# Else it asks another host for prices first, and asks again.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import app
import litellm


def ask(key, base_url):
    """Send one message."""
    answer = litellm.completion(
        model=f"anthropic/{app.MODEL}",
        messages=app.MESSAGE["messages"],
        max_tokens=16,
        api_key=key,
        api_base=base_url,
    )
    assert answer.choices[0].message.content


app.run(ask, litellm.exceptions.RateLimitError)
