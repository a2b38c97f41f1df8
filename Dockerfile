# syntax=docker/dockerfile:1
# Two stages: one brings the packages, of which the other takes the result and nothing that made it.
FROM python:3.13-slim-bookworm AS packages
COPY requirements.lock /src/
RUN python -m venv /opt/petition \
 && /opt/petition/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /src/requirements.lock
COPY pyproject.toml README.md /src/
COPY petition /src/petition
COPY templates /src/templates
COPY static /src/static
COPY statements /src/statements
RUN /opt/petition/bin/pip install --no-cache-dir --no-deps /src \
 && /opt/petition/bin/python -m compileall -q /opt/petition/lib

FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fontconfig fonts-noto-core fonts-noto-cjk \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 \
      libreoffice-writer-nogui fonts-liberation fonts-crosextra-carlito fonts-crosextra-caladea \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --user-group --home-dir /srv/petition --shell /usr/sbin/nologin petition \
 && install -d -m 0700 -o petition -g petition /srv/petition
COPY --from=packages /opt/petition /opt/petition
ENV PATH=/opt/petition/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PETITION_DATA_DIR=/srv/petition \
    PORT=8000
USER petition
WORKDIR /srv/petition
VOLUME /srv/petition
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import os, urllib.request as ask; ask.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["petition", "serve", "--host", "0.0.0.0"]
