"""The history of runs: what earlier checks found, kept in `.antkey/history.sqlite` beside the policy."""
