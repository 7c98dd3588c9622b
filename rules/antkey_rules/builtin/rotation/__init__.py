"""Rules about the key inventory, one per module, each ending in `RULE = …`."""
