"""Rules about configuration, one per module, each ending in `RULE = …`."""
