"""What git hooks run, with a framework or without: one module for each thing a stage has to know."""
