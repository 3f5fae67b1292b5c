# LIVE Fest for web, worker, beat and commands: one image, other commands (compose.yaml).
ARG PYTHON=python:3.11-slim-trixie
ARG POSTGRESQL=postgres:18-trixie

FROM ${POSTGRESQL} AS postgresql

FROM ${PYTHON} AS build
WORKDIR /app
RUN python -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --only-binary :all: \
    --require-hashes --requirement requirements.lock
COPY . ./
# The settings want to know services; none is asked here.
RUN SECRET_KEY=only-to-collect-the-static-files-of-an-image ALLOWED_HOSTS=none DATABASE_URL=postgresql://none \
    REDIS_URL=redis://none .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && .venv/bin/python -m compileall -q livefest creators challenges rankings rewards

FROM ${PYTHON} AS run
# pg_dump and pg_restore for backups: of the server's own version, which Debian hasn't. What they need besides, it has.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq5 liblz4-1 libzstd1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin livefest
COPY --from=postgresql /usr/lib/postgresql/18/bin/pg_dump /usr/lib/postgresql/18/bin/pg_restore /usr/local/bin/
COPY --from=postgresql /usr/lib/*-linux-gnu/libpq.so.5* /usr/local/lib/
RUN ldconfig && pg_dump --version && pg_restore --version
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=livefest.settings.production \
    PROMETHEUS_MULTIPROC_DIR=/run/livefest
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "livefest.probe", "http://127.0.0.1:8000/health/live"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
    "--blocking-threads", "2", "--backpressure", "1024", "--http1-header-read-timeout", "10000", "--no-ws", \
    "--no-access-log", "--log-level", "warning", \
    "--respawn-failed-workers", "--workers-kill-timeout", "30", "livefest.wsgi:application"]
