"""The embedded server's own configuration files, written anew before each start."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from newsdex.settings import Settings

LOG = "newsdex"
"""The server's log is called this, with `.log`, under `logs`."""

_LOG4J = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
appender.console.filter.threshold.type = ThresholdFilter
appender.console.filter.threshold.level = warn
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = ${sys:es.logs.base_path}/LOG.log
appender.file.filePattern = ${sys:es.logs.base_path}/LOG-%i.log.gz
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 16MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 4
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
rootLogger.appenderRef.file.ref = file
"""


def server_settings(settings: Settings) -> dict[str, object]:
    """Give the server's settings: this machine only, one node, and no index by a slip of the pen.

    The disk watermarks are absolute: a large disk that is 90 % full still has room for news, and a full one still
    refuses to write. Index names have to exist before a document is written to them. Nobody but this machine's own
    users reaches the port, so it asks for no password; left unset, the server would demand TLS that nobody set up.
    """
    home = settings.node_home
    return {
        "cluster.name": LOG,
        "node.name": "newsdex-local",
        "path.data": str(home / "data"),
        "path.logs": str(home / "logs"),
        "network.host": "127.0.0.1",
        "http.port": settings.elasticsearch_port,
        "discovery.type": "single-node",
        "xpack.security.enabled": False,
        "action.auto_create_index": ".*",
        "cluster.routing.allocation.disk.watermark.low": "2gb",
        "cluster.routing.allocation.disk.watermark.high": "1gb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "500mb",
    }


def write_configuration(settings: Settings, program: Path) -> Path:
    """Write the configuration folder afresh, so that nothing of an earlier start is left in it; give it."""
    folder = settings.node_home / "config"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "jvm.options.d").mkdir(parents=True, exist_ok=True)
    yaml = "".join(f"{key}: {json.dumps(value)}\n" for key, value in server_settings(settings).items())
    (folder / "elasticsearch.yml").write_text(yaml, encoding="utf-8")
    (folder / "log4j2.properties").write_text(_LOG4J.replace("LOG", LOG), encoding="utf-8")
    # The server's own options, without its garbage collection log, which grows to 2 GB.
    shipped = (program / "config" / "jvm.options").read_text(encoding="utf-8").splitlines()
    options = [line for line in shipped if not line.startswith("-Xlog:gc")]
    (folder / "jvm.options").write_text("\n".join(options) + "\n", encoding="utf-8")
    heap = settings.elasticsearch_heap
    (folder / "jvm.options.d" / "heap.options").write_text(f"-Xms{heap}\n-Xmx{heap}\n", encoding="utf-8")
    return folder
