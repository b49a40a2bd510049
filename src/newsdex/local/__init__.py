"""What `newsdex up` starts on this machine: the embedded Elasticsearch and Airflow, watched by one supervisor."""
