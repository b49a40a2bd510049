"""What the DAGs read and write, as Airflow's asset graph shows it."""

from __future__ import annotations

from airflow.sdk import Asset

ARTICLES = Asset(name="newsdex_articles", uri="x-newsdex://articles", group="newsdex")
"""The searchable archive. A balance that is right is an event of it; DAGs of your own may wait for one."""

FEEDS = Asset(name="newsdex_feeds", uri="x-newsdex://feeds", group="newsdex")
"""The sources of config/sources.yaml. An event of it has them asked at once; nothing of Newsdex makes one."""
