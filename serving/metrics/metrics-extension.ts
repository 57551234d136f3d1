import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import type { HookedRequest, ServerExtension } from '../http/extension.js';
import type { RequestFacts } from '../http/request-facts.js';
import type { ModelHost } from '../models/model-host.js';
import { inputCounts } from './input-counts.js';
import { histogramFamily, LatencyCounts, type MetricFamily } from './latency-histogram.js';

/** What is measured. */
export interface MetricsOptions {
  readonly models: ModelHost;
  /** Metrics that others add to the same page. Default: a new one. */
  readonly registry?: Registry;
  /** What `GET /metrics` makes of the page of this process, such as the sum over several. Default: the page as it is. */
  readonly gather?: (own: string) => Promise<string>;
}

/** Metrics that can be read without a request. */
export interface MetricsExtension extends ServerExtension {
  /** What this process has counted, in Prometheus' text format. */
  page(): Promise<string>;
}

/** Requests to one address. */
interface RouteCounts {
  readonly method: string;
  readonly route: string;
  readonly latency: LatencyCounts;
  readonly byStatus: Map<number, number>;
}

const steps = ['receive', 'parse', 'predict', 'encode'] as const;

/**
 * Counts and times every request; `GET /metrics` shows them in Prometheus' text format. Labels are addresses as the server knows them
 * (`/models/:name`), never what a client wrote, so that nobody can make their number grow.
 */
export function metricsExtension({
  models,
  registry = new Registry(),
  gather = async (own) => own,
}: MetricsOptions): MetricsExtension {
  const routes = new Map<string, RouteCounts>();
  const stepCounts = steps.map((step) => [{ step }, new LatencyCounts()] as const);
  const [receive, parse, predict, encode] = stepCounts.map(([, counts]) => counts) as [
    LatencyCounts,
    LatencyCounts,
    LatencyCounts,
    LatencyCounts,
  ];
  const rows = new Map<string, { readonly model: string; readonly version: string; rows: number }>();
  let inFlight = 0;
  const errors = addMetrics(registry, models, { routes, stepCounts, rows, inFlight: () => inFlight });
  const inputs = inputCounts(registry, models);
  return {
    name: 'metrics',
    page: () => registry.metrics(),
    onPredictions: inputs,
    onRequest: () => {
      inFlight++;
    },
    onResponse: (facts, request) => {
      inFlight--;
      countRoute(routes, facts, request);
      if (facts.code !== '') errors.inc({ code: facts.code });
      if (facts.model === '') return;
      if (facts.receiveMs > 0) receive.observe(facts.receiveMs);
      if (facts.parseMs > 0) parse.observe(facts.parseMs);
      if (facts.predictMs > 0) predict.observe(facts.predictMs);
      if (facts.encodeMs > 0) encode.observe(facts.encodeMs);
      if (facts.rows > 0) countRows(rows, facts);
    },
    routes: (app) => {
      app.get('/metrics', { schema: { hide: true }, config: { scope: 'read' } }, async (_request, reply) =>
        reply
          .type(registry.contentType)
          .serializer(String)
          .send(await gather(await registry.metrics())),
      );
    },
  };
}

function countRoute(routes: Map<string, RouteCounts>, facts: RequestFacts, request: HookedRequest): void {
  const route = request.routeOptions.url ?? 'none';
  const method = route === 'none' ? 'any' : request.method;
  const key = `${method} ${route}`;
  let counts = routes.get(key);
  if (counts === undefined) {
    counts = { method, route, latency: new LatencyCounts(), byStatus: new Map() };
    routes.set(key, counts);
  }
  counts.latency.observe(facts.totalMs);
  counts.byStatus.set(facts.status, (counts.byStatus.get(facts.status) ?? 0) + 1);
}

function countRows(rows: Map<string, { model: string; version: string; rows: number }>, facts: RequestFacts): void {
  const key = `${facts.model} ${facts.version}`;
  const known = rows.get(key);
  if (known === undefined) rows.set(key, { model: facts.model, version: facts.version, rows: facts.rows });
  else known.rows += facts.rows;
}

interface Counts {
  readonly routes: ReadonlyMap<string, RouteCounts>;
  readonly stepCounts: readonly (readonly [{ readonly step: string }, LatencyCounts])[];
  readonly rows: ReadonlyMap<string, { readonly model: string; readonly version: string; readonly rows: number }>;
  readonly inFlight: () => number;
}

/** Everything that the page shows; returns the counter of errors, which are rare enough to be counted by the library. */
function addMetrics(registry: Registry, models: ModelHost, counts: Counts): Counter<'code'> {
  const registers = [registry];
  const add = (family: MetricFamily) => registry.registerMetric(family as unknown as Metric<string>);
  add(
    histogramFamily('thoracle_request_duration_seconds', 'From the headers of a request to the end of its reply', () =>
      [...counts.routes.values()].map(({ method, route, latency }) => [{ method, route }, latency] as const),
    ),
  );
  add(histogramFamily('thoracle_step_duration_seconds', 'Steps of answering rows', () => counts.stepCounts));
  new Counter({
    name: 'thoracle_requests_total',
    help: 'Requests by address and status; 0 = the connection was lost before the reply',
    labelNames: ['method', 'route', 'status'],
    registers,
    collect() {
      this.reset();
      for (const { method, route, byStatus } of counts.routes.values()) {
        for (const [status, n] of byStatus) this.inc({ method, route, status: String(status) }, n);
      }
    },
  });
  new Counter({
    name: 'thoracle_rows_total',
    help: 'Rows answered, by model',
    labelNames: ['model', 'version'],
    registers,
    collect() {
      this.reset();
      for (const { model, version, rows } of counts.rows.values()) this.inc({ model, version }, rows);
    },
  });
  new Gauge({
    name: 'thoracle_requests_in_flight',
    help: 'Requests whose reply is not sent yet',
    registers,
    collect() {
      this.set(counts.inFlight());
    },
  });
  addModelMetrics(registry, models);
  collectDefaultMetrics({ register: registry });
  return new Counter({
    name: 'thoracle_errors_total',
    help: 'Requests that were refused or failed, by code of the error',
    labelNames: ['code'],
    registers,
  });
}

function addModelMetrics(registry: Registry, models: ModelHost): void {
  new Gauge({
    name: 'thoracle_model_info',
    help: '1 for the version of a model that answers to its name, 0 for others in memory',
    labelNames: ['model', 'version', 'model_id'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, version, manifest } of models.list()) {
        const current = models.peek(name)?.version === version ? 1 : 0;
        this.set({ model: name, version, model_id: manifest.modelId }, current);
      }
    },
  });
  new Gauge({
    name: 'thoracle_models_bytes',
    help: 'Memory of all loaded models, estimated',
    registers: [registry],
    collect() {
      this.set(models.usedBytes);
    },
  });
}
