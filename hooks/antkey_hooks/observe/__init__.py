"""Observes the requests of HTTP libraries in this process, where the key can be seen; answers none.

No library is imported here: what is imported already, or later, is patched then.
"""
