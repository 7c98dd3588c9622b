"""The bridge to detect-secrets: its detectors for other kinds of secrets, and its baselines.

Only `adapter` imports detect-secrets, and only worker processes import `adapter`: its settings are
global to a process, and importing it takes as long as three scans.
"""
