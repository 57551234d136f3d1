# The server as an image: `docker build -t thoracle:0.1.0 .`, then `docker run --read-only -v MODEL:/opt/ml/model:ro -p 8080:8080 thoracle:0.1.0 serve`.
# It holds everything but training (libxgboost) and the GPU. docs/deployment.md says more.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/webgpu dist/.tsbuildinfo

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="thoracle" \
  org.opencontainers.image.licenses="Apache-2.0" \
  com.amazonaws.sagemaker.capabilities.multi-models="true" \
  com.amazonaws.sagemaker.capabilities.accept-bind-to-port="true"
ENV NODE_ENV=production
WORKDIR /opt/thoracle
COPY --from=build /build/package.json /build/LICENSE /build/CHANGELOG.md ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/bin ./bin
COPY --from=build /build/dist ./dist
# The image's own user "node", by number, so that an orchestrator can see that it is not root. All files belong to root.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SAGEMAKER_BIND_TO_PORT || 8080}/ping`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/thoracle/bin/thoracle.js"]
CMD ["serve"]
