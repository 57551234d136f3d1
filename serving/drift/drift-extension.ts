import { Gauge, type Registry } from 'prom-client';
import { servingError } from '../errors.js';
import type { ServerExtension } from '../http/extension.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelHost } from '../models/model-host.js';
import { ClassCounts } from './class-counts.js';
import { driftReport, type ModelDrift, noReference } from './drift-report.js';
import { driftSchema } from './drift-schemas.js';

/** How drift is watched. */
export interface DriftOptions {
  readonly models: ModelHost;
  /** The page of metrics that drift is shown on; without one it is at `GET /drift` only. */
  readonly registry?: Registry;
  /** Latest rows that are compared; default 10,000. */
  readonly windowRows?: number;
  /** Rows below which no number is given; default 200. */
  readonly leastRows?: number;
}

const blocks = 8;
/** Columns by name on the page of metrics, for each model. */
const mostNamed = 5;

/** Of `GET /drift`. */
export interface DriftAnswer {
  readonly models: readonly ModelDrift[];
}

/**
 * Compares the latest rows of every model, and the risks that were predicted, with its training: `GET /drift` (scope read) gives every column, the page of metrics the
 * predictions and the columns that changed most. Each process of a server counts its own rows; a model that is loaded again begins anew.
 */
export function driftExtension({
  models,
  registry,
  windowRows = 10_000,
  leastRows = 200,
}: DriftOptions): ServerExtension {
  // By model, so that the counts of one that is out of memory go with it.
  const windows = new WeakMap<LoadedModel, ClassCounts>();
  const report = (model: LoadedModel) => driftReport(model, windows.get(model), leastRows);
  if (registry !== undefined)
    addGauges(
      registry,
      onceATick(() => models.list().map(report)),
    );
  return {
    name: 'drift',
    onPredictions: (_facts, model, rows, predictions) => {
      const { reference } = model.manifest;
      if (reference === undefined) return;
      let counts = windows.get(model);
      if (counts === undefined) {
        counts = new ClassCounts(reference.columns, reference.risk, { rows: windowRows, blocks });
        windows.set(model, counts);
      }
      const width = reference.columns.length;
      for (let i = 0; i < predictions.length; i++) counts.add(rows, i * width, predictions[i]?.risk as number);
    },
    routes: (app) => {
      app.get('/drift', { schema: driftSchema, config: { scope: 'read' } }, async (request): Promise<DriftAnswer> => {
        const { model: name } = request.query as { readonly model?: unknown };
        const wanted = models.list().filter((model) => name === undefined || model.name === name);
        if (name !== undefined && wanted.length === 0) throw servingError('SERVING_MODEL_NOT_FOUND', shown(name));
        return { models: wanted.map(report) };
      });
    },
  };
}

function shown(name: unknown): string {
  return typeof name === 'string' ? name.slice(0, 256) : '';
}

/** The gauges of one page are collected in one go, and share what they are collected from. */
function onceATick<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    if (made === undefined) {
      made = { value: make() };
      queueMicrotask(() => {
        made = undefined;
      });
    }
    return made.value;
  };
}

function addGauges(registry: Registry, reports: () => readonly ModelDrift[]): void {
  const add = (name: string, help: string, value: (report: ModelDrift) => number | null | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ['model', 'version'],
      registers: [registry],
      collect() {
        this.reset();
        for (const report of reports()) {
          const found = value(report);
          if (found !== null && found !== undefined) this.set({ model: report.model, version: report.version }, found);
        }
      },
    });
  add('thoracle_drift_rows', 'Latest rows that are compared with the training', ({ rows }) => rows);
  add(
    'thoracle_drift_reference',
    '1 when the bundle holds how its training was distributed; without it there is no drift to tell',
    ({ reason }) => (reason === noReference ? 0 : 1),
  );
  add(
    'thoracle_drift_prediction_psi',
    'Population stability index of predicted risks against out-of-fold risks of the training',
    ({ prediction }) => prediction?.psi,
  );
  add('thoracle_drift_features_above', 'Columns with a stability index of 0.2 or more', ({ above }) => above);
  add('thoracle_drift_features_drifted', 'Those of them that chance does not explain', ({ drifted }) => drifted);
  new Gauge({
    name: 'thoracle_drift_feature_psi',
    help: 'Population stability index of the columns that changed most',
    labelNames: ['model', 'version', 'feature'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { model, version, features } of reports()) {
        for (const { feature, psi } of features.slice(0, mostNamed)) {
          if (psi !== null) this.set({ model, version, feature }, psi);
        }
      }
    },
  });
}
