# One image for all apps: `docker run mutt alerter` runs apps/alerter/src/main.ts. Node runs the TypeScript as it is
# written, so nothing is compiled but the console's pages.
ARG NODE_IMAGE=node:24-slim

# What npm reads, and nothing else: what is installed from it stays cached until a dependency changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY apps apps
COPY libs libs
RUN find apps libs -type f ! -name package.json -delete && find apps libs -type d -empty -delete
COPY package.json package-lock.json .npmrc ./

FROM ${NODE_IMAGE} AS console
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --workspace @mutt/console
COPY tsconfig.base.json ./
COPY apps/console apps/console
RUN node_modules/.bin/vite build apps/console --logLevel warn

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY --from=manifests /app ./
# A package of Bull Board's names the compiler as a peer that it can do without, and npm then keeps it.
RUN npm ci --omit=dev --workspace @mutt/ingestor --workspace @mutt/alerter --workspace @mutt/forwarder \
      --workspace @mutt/remediation --workspace @mutt/admin --workspace @mutt/receiver --workspace @mutt/cli \
    && rm -rf node_modules/typescript node_modules/@typescript

FROM ${NODE_IMAGE}
# Nothing that installs or builds. The user needs an entry, for the command line tool asks who it is.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
    && groupadd --gid 10001 mutt \
    && useradd --uid 10001 --gid mutt --no-log-init --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mutt
WORKDIR /app
COPY --from=dependencies /app ./
COPY libs libs
COPY apps/ingestor apps/ingestor
COPY apps/alerter apps/alerter
COPY apps/forwarder apps/forwarder
COPY apps/remediation apps/remediation
COPY apps/admin apps/admin
COPY apps/receiver apps/receiver
COPY apps/cli apps/cli
COPY LICENSE ./
COPY --from=console /app/apps/console/dist apps/console/dist

# Node sizes its heap by the machine, and malloc keeps an arena per thread: without these an app takes twice the memory
# to do the same.
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-semi-space-size=16 --max-old-space-size=1024" \
    MALLOC_ARENA_MAX=2 \
    HOST=0.0.0.0 \
    INGESTOR_PORT=8080 \
    ALERTER_PORT=8081 \
    FORWARDER_PORT=8082 \
    REMEDIATION_PORT=8083 \
    ADMIN_PORT=8090 \
    SINK_PORT=8099
EXPOSE 8080 8081 8082 8083 8090 8099
USER 10001:10001

# The shell gives way to Node, which so gets the signals.
ENTRYPOINT ["sh", "-c", "app=${1:?name an app: ingestor, alerter, forwarder, remediation, admin, receiver or cli}; shift; exec node \"apps/$app/src/main.ts\" \"$@\"", "mutt"]

# It asks the app that process 1 runs. Orchestrators with probes of their own ignore it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "const [, app] = /apps.(\\w+).src/.exec(require('fs').readFileSync('/proc/1/cmdline', 'utf8')); const name = app === 'receiver' ? 'SINK' : app.toUpperCase(); fetch('http://127.0.0.1:' + process.env[name + '_PORT'] + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mutt" \
      org.opencontainers.image.description="The alert pipeline that network-operations and SRE teams trust with their pages" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
