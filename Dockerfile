# Newsdex with Airflow and all that a server's Airflow needs: one image for every service of docker-compose.yml but the
# databases. Exactly the packages of uv.lock, in a virtual environment that is built apart and copied.
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /opt/newsdex
# The packages first: they change less often than the code.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --extra server --no-install-project
COPY . .
RUN uv sync --locked --no-dev --extra server

FROM python:${PYTHON}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends curl \
 && rm -rf /var/lib/apt/lists/*
# Any user may run it, in group 0, which owns what is written to. A new volume takes over owner and mode from here.
RUN useradd --uid 50000 --gid 0 --home-dir /var/lib/airflow --no-create-home --shell /usr/sbin/nologin newsdex \
 && install -d -o newsdex -g 0 -m 2775 /var/lib/airflow /var/lib/newsdex /var/lib/newsdex/inbox /var/log/airflow
COPY --from=build /opt/newsdex /opt/newsdex
# USER: whoever it runs as need not be in /etc/passwd, and Airflow asks for a name.
ENV PATH=/opt/newsdex/.venv/bin:$PATH \
    USER=newsdex \
    PYTHONUNBUFFERED=1 \
    HOME=/var/lib/airflow \
    NEWSDEX_HOME=/var/lib/newsdex \
    AIRFLOW_HOME=/var/lib/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/newsdex/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/newsdex/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=false \
    AIRFLOW__CORE__TEST_CONNECTION=Disabled \
    AIRFLOW__API__INSTANCE_NAME=Newsdex \
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=/var/log/airflow \
    AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY=/var/log/airflow/dag_processor \
    AIRFLOW__LOGGING__COLORED_CONSOLE_LOG=false \
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME=0.5 \
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=60
WORKDIR /opt/newsdex
USER 50000:0
CMD ["newsdex", "--help"]
