"""What a CI service needs of antkey: what to scan, a verdict that later jobs can verify."""
