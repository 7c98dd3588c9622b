"""What stands in a parsed file: turns the parser's nodes, of ten languages, into the values of `code.module`."""
