"""Reads files that are no program, but say which key a program gets: settings of containers, pipelines,
clusters, editors and apps. Line by line and without parsers of their formats, so that whatever a file holds
it has a reading.
"""
