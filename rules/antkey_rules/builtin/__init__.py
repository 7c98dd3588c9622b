"""The rules that ship with antkey: a folder per family, a file per rule."""
