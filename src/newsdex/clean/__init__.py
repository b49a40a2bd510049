"""The third stage: take page furniture out of an article, keep all of it, and tell which rule took what."""

from newsdex.clean.cleaning import clean
from newsdex.clean.examples import failing_examples

__all__ = ["clean", "failing_examples"]
