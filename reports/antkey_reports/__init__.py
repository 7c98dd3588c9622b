"""Renderers: a `Result` goes in, text comes out. Nothing here writes, prints or decides."""
