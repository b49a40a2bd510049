"""Fetching from the web with manners and safety: bounded, polite, and never inside the operator's own network."""

from newsdex.fetch.fetching import fetch_all
from newsdex.fetch.limits import FetchSettings, read_fetch_settings
from newsdex.fetch.request import Fetched, Purpose, Request

__all__ = ["FetchSettings", "Fetched", "Purpose", "Request", "fetch_all", "read_fetch_settings"]
