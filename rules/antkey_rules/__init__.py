"""The rules as data, and what turns them into `antkey_scanner.model.Rule` values."""
