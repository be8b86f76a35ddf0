# syntax=docker/dockerfile:1
FROM node:22-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM python:3.13-slim AS wheels
WORKDIR /wheels
COPY requirements.txt .
RUN pip wheel --no-cache-dir -r requirements.txt

FROM python:3.12-slim
LABEL org.opencontainers.image.title="lantern-shop"
LABEL org.opencontainers.image.licenses="MIT"
ENV PYTHONUNBUFFERED=1 \
    PORT=8080
WORKDIR /app
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpq5 \
        tini \
    && rm -rf /var/lib/apt/lists/*
COPY --from=wheels /wheels /wheels
RUN pip install --no-index --find-links=/wheels -r /wheels/requirements.txt
COPY --from=build /src/dist static/
COPY app app/
EXPOSE 8080
VOLUME /app/data
STOPSIGNAL SIGINT
ENTRYPOINT ["tini", "--"]
CMD ["python", "-m", "app"]
