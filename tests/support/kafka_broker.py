"""A real Kafka broker on free ports of 127.0.0.1, fetched by Maven once, with its data in the test's folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from free_ports import free_port

from newsdex.node.distribution import find_maven
from newsdex.node.jdk import find_jdk

POM = Path(__file__).with_name("kafka_broker.pom.xml")
_CLUSTER = "bmV3c2RleC10ZXN0cy1rYQ"
_JAVA = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_START_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker; `servers` is its address."""

    servers: str

    def create(self, topic: str, partitions: int = 1) -> None:
        """Make a topic."""
        admin = AdminClient({"bootstrap.servers": self.servers})
        for done in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
            done.result(30)

    def delete_before(self, topic: str, partition: int, offset: int) -> None:
        """Delete messages as retention does."""
        admin = AdminClient({"bootstrap.servers": self.servers})
        for done in admin.delete_records([TopicPartition(topic, partition, offset)]).values():
            done.result(30)

    def send(
        self,
        topic: str,
        values: Sequence[bytes | None],
        *,
        partition: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send messages, in order, to one partition."""
        producer = Producer({"bootstrap.servers": self.servers, "linger.ms": 0})
        failed: list[object] = []
        for value in values:
            producer.produce(
                topic,
                value,
                partition=partition,
                headers=list((headers or {}).items()),
                on_delivery=lambda error, _: failed.append(error) if error else None,
            )
        assert producer.flush(30) == 0
        assert failed == []

    def committed(self, topic: str, partition: int = 0, group: str = "newsdex") -> int | None:
        """Give the offset that a group has committed."""
        consumer = Consumer({"bootstrap.servers": self.servers, "group.id": group})
        try:
            (place,) = consumer.committed([TopicPartition(topic, partition)], timeout=30)
        finally:
            consumer.close()
        return None if place.offset < 0 else int(place.offset)


@contextmanager
def kafka_broker(folder: Path) -> Iterator[Broker]:
    """Run a broker that is its own controller until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    java, classpath = str(find_jdk().java), _classpath(folder)
    port, controller = free_port(), free_port()
    properties = folder / "server.properties"
    properties.write_text(_properties(port, controller, folder / "data"), encoding="utf-8")
    command = [java, *_JAVA, "-cp", classpath]
    storage = [*command, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(properties)]
    subprocess.run(storage, check=True, capture_output=True)
    with (folder / "console.log").open("wb") as console:
        server = subprocess.Popen([*command, "kafka.Kafka", str(properties)], stdout=console, stderr=console)
        try:
            _wait_ready(f"127.0.0.1:{port}", server, folder / "console.log")
            yield Broker(f"127.0.0.1:{port}")
        finally:
            server.kill()
            server.wait()


def _classpath(folder: Path) -> str:
    """Have Maven fetch the broker, unless its own repository has it, and say where its jars lie."""
    written = folder / "classpath"
    command = [str(find_maven()), "--batch-mode", "--no-transfer-progress", "--strict-checksums", "--file", str(POM)]
    done = subprocess.run(
        [*command, "dependency:build-classpath", f"-Dmdep.outputFile={written}"],
        env={**os.environ, "JAVA_HOME": str(find_jdk().home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return written.read_text(encoding="utf-8").strip()


def _properties(port: int, controller: int, data: Path) -> str:
    values = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _wait_ready(servers: str, server: subprocess.Popen[bytes], console: Path) -> None:
    admin = AdminClient({"bootstrap.servers": servers, "log_level": 0})
    for _ in range(_START_SECONDS):
        assert server.poll() is None, console.read_text(encoding="utf-8", errors="replace")
        try:
            admin.list_topics(timeout=1)
        except KafkaException:
            continue
        return
    raise AssertionError(f"no broker in {_START_SECONDS} s: {console.read_text(encoding='utf-8', errors='replace')}")
