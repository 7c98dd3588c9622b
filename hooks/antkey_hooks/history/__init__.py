"""The history of runs: what earlier runs found, kept beside the policy."""
