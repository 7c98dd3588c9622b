"""Rules about keys that leave the server, one per module, each ending in `RULE = …`."""
