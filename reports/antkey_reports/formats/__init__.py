"""The formats, one module each. A module here is a format: its name is what `--format` takes."""
