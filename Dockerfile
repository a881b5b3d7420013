# Serves the bundled workspace, or the one mounted at /workspace:
#   docker run --rm -p 8000:8000 -v "$PWD:/workspace:ro" contract-portal
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/portal
WORKDIR /src
COPY requirements.txt ./
RUN /opt/portal/bin/pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY asyncapi asyncapi
COPY portal portal
COPY static static
RUN /opt/portal/bin/pip install --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
ENV PATH=/opt/portal/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --home-dir /nonexistent portal
COPY --from=build /opt/portal /opt/portal
COPY examples/py-tars /workspace
USER 10001
WORKDIR /workspace
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["portal"]
CMD ["serve", "/workspace", "--host", "0.0.0.0", "--port", "8000"]
