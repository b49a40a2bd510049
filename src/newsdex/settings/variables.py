"""Every variable of the environment that Newsdex reads, as people are told of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, what holds without it, and what it says."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("NEWSDEX_HOME", "var", "folder of all state: inbox, archive, servers' data, logs"),
    Variable("NEWSDEX_CONFIG", "config", "folder of the rules and the index mapping"),
    Variable("NEWSDEX_ARCHIVE", "", "folder or object store (s3://bucket/prefix) of the raw archive"),
    Variable("NEWSDEX_ARCHIVE_FILE_BYTES", "1000000000", "bytes of a file of it; then the next one is begun"),
    Variable("NEWSDEX_ES_PORT", "9200", "port of the embedded Elasticsearch"),
    Variable("NEWSDEX_ES_HEAP", "1g", "its memory (512m, 2g)"),
    Variable("NEWSDEX_ES_USER", "nobody", "the account it runs as when you are root"),
    Variable("NEWSDEX_JAVA_HOME", "", "the JDK to run it with; without it the best one found"),
    Variable("NEWSDEX_AIRFLOW_PORT", "8080", "port of Airflow's pages"),
    Variable("NEWSDEX_WEB_PORT", "8090", "port of the search page"),
    Variable("NEWSDEX_WEB_HOST", "127.0.0.1", "address it listens on; another than this needs a user and a password"),
    Variable("NEWSDEX_WEB_URL", "", "where people find it (https://news.example.org); for links in feeds and Airflow"),
    Variable("NEWSDEX_WEB_USER", "", "who may open it,"),
    Variable("NEWSDEX_WEB_PASSWORD", "", "and with which password"),
    Variable("NEWSDEX_WEB_CHANGES", "no", "yes: the page may also release documents from quarantine"),
    Variable("NEWSDEX_KIBANA_URL", "", "where Kibana is, to link to it"),
    Variable("NEWSDEX_KIBANA_SPACE", "", "the space of it to use; without one the default space"),
    Variable("NEWSDEX_KIBANA_API_KEY", "", "how to get into it: an API key of Elasticsearch's,"),
    Variable("NEWSDEX_KIBANA_USER", "", "or a user"),
    Variable("NEWSDEX_KIBANA_PASSWORD", "", "with a password"),
    Variable("NEWSDEX_KIBANA_CA_CERTS", "", "file of the authority that signed its certificate"),
    Variable("NEWSDEX_NOTIFY_URL", "", "webhook that hears of failed runs: Slack's, or any that takes JSON"),
    Variable("NEWSDEX_NOTIFY_EMAIL", "", "mailboxes that hear of them, with `,` between; Airflow's SMTP sends"),
    Variable("NEWSDEX_INDEX_PREFIX", "", "put before every index name"),
    Variable("NEWSDEX_BATCH_FILES", "500", "files a batch at most"),
    Variable("NEWSDEX_BATCH_BYTES", "64000000", "bytes a batch at most"),
    Variable("NEWSDEX_BATCHES_PER_RUN", "16", "batches a run at most"),
    Variable("NEWSDEX_DOCUMENT_BYTES", "20000000", "bytes a document at most, decompressed"),
    Variable("NEWSDEX_DOCUMENT_SECONDS", "20", "seconds a document may take; then it is quarantined"),
    Variable("NEWSDEX_DOCUMENT_MEMORY", "1000000000", "bytes of memory a document may take; then it is quarantined"),
    Variable("NEWSDEX_TASK_WORKERS", "1", "worker processes of each Airflow task that ingests a batch"),
    Variable("NEWSDEX_BACKFILL_ROOTS", "var/backfill", "folders that bulk loads may read below, with `:` between"),
    Variable("NEWSDEX_QUARANTINE_DAYS", "365", "days a refused document stays in quarantine; 0: for ever"),
    Variable("NEWSDEX_HISTORY_DAYS", "365", "days that balance sheets, scorecards and reports are kept; 0: for ever"),
    Variable("NEWSDEX_VERSION_DAYS", "30", "days that an index is kept after a rebuild replaced it; 0: for ever"),
    Variable("NEWSDEX_FETCH_CONTACT", "", "page or mailbox that sites can turn to; part of the User-Agent"),
    Variable("NEWSDEX_FETCH_DELAY", "1", "seconds between two requests to one registered domain"),
    Variable("NEWSDEX_FETCH_CONNECTIONS", "32", "requests at once of one fetching process, to all domains together"),
    Variable("NEWSDEX_FETCH_SECONDS", "240", "seconds that one run fetches; the rest waits for the next one"),
    Variable("NEWSDEX_FETCH_ADDRESSES", "2000", "addresses that one run fetches at most"),
    Variable("NEWSDEX_POLL_MINUTES", "5", "minutes from one look at the sources to the next"),
    Variable("NEWSDEX_FETCH_ALLOW_NETWORKS", "", "networks of your own to fetch from (10.1.0.0/16,fd00::/8)"),
    Variable("NEWSDEX_FETCH_HOSTS", "", "file like /etc/hosts, asked before the DNS"),
    Variable("NEWSDEX_FETCH_PROXY", "", "proxy to fetch through (http://proxy:3128)"),
    Variable("NEWSDEX_FETCH_CA_CERTS", "", "file of the authorities to trust instead of the system's"),
    Variable("NEWSDEX_KAFKA_SERVERS", "", "Kafka brokers to begin with (kafka-1:9092,kafka-2:9092)"),
    Variable("NEWSDEX_KAFKA_TOPICS", "", "topics whose messages are documents, with `,` between"),
    Variable("NEWSDEX_KAFKA_GROUP", "newsdex", "consumer group that remembers how far they are read"),
    Variable("NEWSDEX_KAFKA_OPTIONS", "", "what else the client needs, as JSON: encryption, a user"),
    Variable("NEWSDEX_KAFKA_CONNECTION", "", "Airflow connection (kafka_default) that has servers and options"),
    Variable("NEWSDEX_KAFKA_MAPPING", "", 'which key of a JSON message is which field ({"headline": "title"})'),
    Variable("ELASTICSEARCH_URL", "", "your own cluster (https://host:9200); no node is started then"),
    Variable("ELASTICSEARCH_API_KEY", "", "how to get into it: an API key,"),
    Variable("ELASTICSEARCH_USER", "", "or a user"),
    Variable("ELASTICSEARCH_PASSWORD", "", "with a password"),
    Variable("ELASTICSEARCH_CA_CERTS", "", "file of the authority that signed its certificate"),
)
"""Every variable that `read_settings` reads."""
