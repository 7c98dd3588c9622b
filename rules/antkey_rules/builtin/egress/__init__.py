"""Rules about outgoing requests, one per module, each ending in `RULE = …`."""
