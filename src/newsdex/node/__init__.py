"""The embedded Elasticsearch: the real server, fetched, built, started and stopped on this machine."""

from newsdex.node.distribution import install
from newsdex.node.jdk import Jdk, find_jdk
from newsdex.node.server import Node, stop_leftover

__all__ = ["Jdk", "Node", "find_jdk", "install", "stop_leftover"]
