"""Reads git repositories as objects, by own code that runs nothing and obeys no configuration."""
