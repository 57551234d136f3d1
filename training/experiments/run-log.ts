import type { FeatureStore } from '../../featurestore/contract/index.js';
import { trainingError } from '../errors.js';
import {
  type RunDraft,
  type RunKind,
  type RunRecord,
  runGroup,
  runGroupName,
  runOf,
  runTable,
  runValues,
  withRunId,
} from './run-record.js';

/** The part of a store that runs need. */
export type RunStore = Pick<FeatureStore, 'createGroup' | 'searchGroups' | 'record' | 'query'>;

/** Which runs; every condition must hold. */
export interface RunFilter {
  readonly kind?: RunKind;
  readonly status?: RunRecord['status'];
  readonly parentId?: string;
}

/** Writes a run; the same run twice is one. @returns it, with its id */
export async function recordRun(store: RunStore, draft: RunDraft): Promise<RunRecord> {
  const run = withRunId(draft);
  await store.createGroup(runGroup, { description: 'Runs: parameters, inputs, metrics, artifacts' });
  await store.record.put(runGroupName, runValues(run));
  return run;
}

/** Writes many runs in one go. @returns them, with their ids */
export async function recordRuns(
  store: RunStore & Pick<FeatureStore, 'ingest'>,
  drafts: readonly RunDraft[],
): Promise<readonly RunRecord[]> {
  const runs = drafts.map(withRunId);
  if (runs.length > 0) await store.ingest(runTable(runs));
  return runs;
}

/** The runs, newest first. */
export async function listRuns(store: RunStore, filter: RunFilter = {}): Promise<readonly RunRecord[]> {
  if (!(await hasRuns(store))) return [];
  const { rows } = await store.query(`SELECT run_id FROM ${runGroupName} ORDER BY started_at DESC, run_id`);
  const ids = rows.map(([id]) => String(id));
  const { records } = await store.record.batchGet([{ group: runGroupName, ids }]);
  return records
    .map(runOf)
    .filter((run) => filter.kind === undefined || run.kind === filter.kind)
    .filter((run) => filter.status === undefined || run.status === filter.status)
    .filter((run) => filter.parentId === undefined || run.parentId === filter.parentId);
}

/** One run by its id, or the beginning of it. @throws TrainingError TRAIN_RUN_UNKNOWN, TRAIN_RUN_AMBIGUOUS */
export async function findRun(store: RunStore, id: string): Promise<RunRecord> {
  const found = (await listRuns(store)).filter((run) => run.runId.startsWith(id));
  const exact = found.find((run) => run.runId === id) ?? (found.length === 1 ? found[0] : undefined);
  if (exact !== undefined) return exact;
  if (found.length === 0) throw trainingError('TRAIN_RUN_UNKNOWN', id);
  throw trainingError(
    'TRAIN_RUN_AMBIGUOUS',
    id,
    found.map((run) => run.runId),
  );
}

/** One line of a comparison: what each run has under a name; undefined where it has nothing. */
export interface Comparison {
  readonly name: string;
  readonly values: readonly (string | number | boolean | null | undefined)[];
  readonly differs: boolean;
}

/** Parameters and metrics of several runs side by side, by name. */
export function compareRuns(runs: readonly RunRecord[]): {
  readonly parameters: readonly Comparison[];
  readonly metrics: readonly Comparison[];
} {
  const lines = (
    pick: (run: RunRecord) => Readonly<Record<string, Comparison['values'][number]>>,
  ): readonly Comparison[] => {
    const sides = runs.map(pick);
    const names = [...new Set(sides.flatMap((side) => Object.keys(side)))].sort();
    return names.map((name) => {
      const values = sides.map((side) => side[name]);
      return { name, values, differs: values.some((value) => value !== values[0]) };
    });
  };
  const values = (run: RunRecord) =>
    Object.fromEntries(Object.entries(run.metrics).map(([name, metric]) => [name, metric.value]));
  return { parameters: lines((run) => run.parameters), metrics: lines(values) };
}

/** Metrics of which less is better; of all others more is. */
const lessIsBetter = new Set(['brier', 'integratedBrier', 'logLoss']);

/**
 * The finished run with the best value of a metric.
 * @throws TrainingError TRAIN_RUN_NO_METRIC when no finished run has it
 */
export async function bestRun(store: RunStore, metric: string, filter: RunFilter = {}): Promise<RunRecord> {
  const runs = await listRuns(store, { ...filter, status: 'finished' });
  const having = runs.filter((run) => run.metrics[metric] !== undefined);
  const sign = lessIsBetter.has(metric) ? 1 : -1;
  const rank = (run: RunRecord): number => sign * (run.metrics[metric]?.value ?? Number.POSITIVE_INFINITY);
  const best = [...having].sort((a, b) => rank(a) - rank(b))[0];
  if (best !== undefined) return best;
  const known = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
  throw trainingError('TRAIN_RUN_NO_METRIC', metric, known);
}

async function hasRuns(store: RunStore): Promise<boolean> {
  return (await store.searchGroups({ text: runGroupName })).some((group) => group.name === runGroupName);
}
