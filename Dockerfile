# jwtcheck for people without Node. Build it from the root of a release: docker build -t jwtcheck:1.0.0 .
# A check:   docker run --rm --read-only --network host -v "$PWD:/work:ro" -e FINGERPRINT_TOKEN jwtcheck:1.0.0 -e staging
# A watch:   the same with -v jwtcheck-state:/state and, in the configuration, "state": "/state/state.json" and
#            "history": "/state/history.ndjson"; nothing else is ever written.
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run prepare && npm pack --ignore-scripts --pack-destination /tmp
WORKDIR /package
# Everything that runs is bundled in dist/: no dependency has to be installed.
RUN tar -xzf /tmp/jwtcheck-*.tgz --strip-components=1

FROM node:22-bookworm-slim
# npm and yarn are of no use to it, and one thing less to keep up to date. A volume at /state belongs to the user below.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
    && install -d -o 65532 -g 65532 /state
COPY --from=build /package /jwtcheck
WORKDIR /work
USER 65532:65532
ENV NODE_ENV=production
# What `watch` serves; it listens there only where the configuration says so ("listen": "0.0.0.0:9464").
EXPOSE 9464
ENTRYPOINT ["node", "/jwtcheck/bin/jwtcheck.js"]
