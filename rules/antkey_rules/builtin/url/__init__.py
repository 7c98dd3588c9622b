"""Rules about the URLs that keys are sent to, one per module, each ending in `RULE = …`."""
