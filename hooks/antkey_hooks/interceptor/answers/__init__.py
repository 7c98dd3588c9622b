"""What the interceptor answers: Anthropic's API as it is documented, without a model behind it."""
