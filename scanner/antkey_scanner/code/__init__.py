"""Source code as rules about keys see it: parsed, and reduced to what carries a key from place to place.

Imported only for files that mention Anthropic. Nothing that is read here is ever run.
"""
