"""Kibana's saved objects: made from our own definition, and checked without a Kibana."""

from newsdex.kibana.building import build
from newsdex.kibana.checking import Fault, check
from newsdex.kibana.definition import Definition, load_definition
from newsdex.kibana.fields import load_mappings
from newsdex.kibana.saved_objects import ndjson

__all__ = ["Definition", "Fault", "build", "check", "load_definition", "load_mappings", "ndjson"]
