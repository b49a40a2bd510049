"""The settings, read from the environment explicitly, once, at the edge; everything below takes them as an argument."""

from newsdex.settings.environment import read_settings
from newsdex.settings.shape import PROJECT, Settings
from newsdex.settings.variables import VARIABLES, Variable

__all__ = ["PROJECT", "VARIABLES", "Settings", "Variable", "read_settings"]
