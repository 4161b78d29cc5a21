# fly-tokens in a container: stdio by default; `http` or any other command follows the image's name.
ARG BASE=node:24-slim

FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# No script of a package runs: what is bundled needs none.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
COPY tools tools
COPY prompts prompts
RUN npm run --silent build && mkdir /data

FROM ${BASE}
LABEL org.opencontainers.image.title="fly-tokens-mcp" \
      org.opencontainers.image.licenses="MIT" \
      io.modelcontextprotocol.server.name="io.github.fly-tokens/fly-tokens-mcp"
ENV FLY_TOKENS_HOME=/data HOME=/data
# All of it is root's: the user that it runs as can change none of it.
COPY --from=build /src/dist /app/dist
COPY scripts/container-health.mjs package.json LICENSE /app/
COPY --from=build --chown=1000:1000 /data /data
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 7410
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["node", "/app/container-health.mjs"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["stdio"]
