"""The scanner: inputs become subjects, subjects become findings. Imports nothing of the other layers."""

__version__ = "0.1.0"
