import { Counter, Gauge, type Registry } from 'prom-client';
import type { ServerExtension } from '../http/extension.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelHost } from '../models/model-host.js';
import type { Prediction } from '../predict/index.js';

/** Names of their own on the page, for each model; the rest is counted together. */
const mostFeatures = 500;
/** Upper bounds of the classes of probabilities. */
const probabilityBounds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/** Rows of one version of a model. */
class VersionCounts {
  readonly missing = new Map<string, number>();
  readonly outOfRange = new Map<string, number>();
  /** Rows by class of probability, not cumulative. */
  readonly byProbability = new Float64Array(probabilityBounds.length);
  probabilitySum = 0;

  constructor(
    readonly model: string,
    readonly version: string,
  ) {}

  add({ imputed, outOfRange, probability }: Prediction): void {
    for (const feature of imputed) count(this.missing, feature);
    for (const feature of outOfRange) count(this.outOfRange, feature);
    if (probability === null) return;
    const place = Math.min(Math.floor(probability * 10), probabilityBounds.length - 1);
    // A probability on a bound belongs below it.
    const at = place > 0 && probability <= (probabilityBounds[place - 1] as number) ? place - 1 : place;
    (this.byProbability[at] as number)++;
    this.probabilitySum += probability;
  }
}

function count(counts: Map<string, number>, feature: string): void {
  const known = counts.get(feature);
  if (known !== undefined) counts.set(feature, known + 1);
  else if (counts.size < mostFeatures) counts.set(feature, 1);
  else counts.set('other', (counts.get('other') ?? 0) + 1);
}

/** Counts what tells today's rows from those of the training; a version that is out of memory leaves the page. */
export function inputCounts(registry: Registry, models: ModelHost): NonNullable<ServerExtension['onPredictions']> {
  const versions = new Map<string, VersionCounts>();
  models.onChange((event, model) => {
    if (event !== 'activated') versions.delete(keyOf(model));
  });
  addCounter(registry, 'thoracle_inputs_missing_total', 'Rows in which an input was missing', () =>
    [...versions.values()].map((one) => [one, one.missing] as const),
  );
  addCounter(registry, 'thoracle_inputs_out_of_range_total', 'Rows with an input outside its training range', () =>
    [...versions.values()].map((one) => [one, one.outOfRange] as const),
  );
  addProbabilities(registry, versions);
  return (_facts, model, _rows, predictions) => {
    const key = keyOf(model);
    let counts = versions.get(key);
    if (counts === undefined) {
      counts = new VersionCounts(model.name, model.version);
      versions.set(key, counts);
    }
    for (const prediction of predictions) counts.add(prediction);
  };
}

function keyOf({ name, version }: LoadedModel): string {
  return `${name} ${version}`;
}

function addCounter(
  registry: Registry,
  name: string,
  help: string,
  members: () => readonly (readonly [VersionCounts, ReadonlyMap<string, number>])[],
): void {
  new Counter({
    name,
    help,
    labelNames: ['model', 'version', 'feature'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [{ model, version }, counts] of members()) {
        for (const [feature, n] of counts) this.inc({ model, version, feature }, n);
      }
    },
  });
}

function addProbabilities(registry: Registry, versions: ReadonlyMap<string, VersionCounts>): void {
  new Gauge({
    name: 'thoracle_predicted_probability_rows',
    help: 'Rows with a predicted probability of death of at most le, since the version was loaded',
    labelNames: ['model', 'version', 'le'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { model, version, byProbability } of versions.values()) {
        let below = 0;
        for (const [i, n] of byProbability.entries()) {
          below += n;
          this.set({ model, version, le: String(probabilityBounds[i]) }, below);
        }
      }
    },
  });
  new Gauge({
    name: 'thoracle_predicted_probability_sum',
    help: 'Sum of the predicted probabilities of death, since the version was loaded',
    labelNames: ['model', 'version'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { model, version, probabilitySum } of versions.values()) this.set({ model, version }, probabilitySum);
    },
  });
}
