"""The key inventory: which keys exist, whose they are, how old, and who may still use them.

Secret-free by design. Imported by the commands that speak of keys only, never by a plain scan.
"""
