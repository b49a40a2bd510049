"""Kibana's saved objects: made from our own definition, and checked without a Kibana."""
