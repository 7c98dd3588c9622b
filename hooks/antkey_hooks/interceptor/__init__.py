"""Stands between a command and Anthropic: answers its requests on loopback, and shows each one to a judge.

Nothing that arrives here leaves the machine.
"""
