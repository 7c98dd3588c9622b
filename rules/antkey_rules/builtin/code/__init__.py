"""Rules about source code, one per module, each ending in `RULE = …`."""
