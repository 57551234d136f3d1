import type {
  Column,
  FeatureDefinition,
  FeatureGroup,
  FeatureRecord,
  FeatureTable,
  PinnedDataset,
} from '../../featurestore/contract/index.js';
import { canonicalJson, sha256Hex } from '../bundle/canonical-json.js';
import { trainingError } from '../errors.js';

/** What was done: a training, an evaluation, the import of a model, a run of the pipelines, or one patient's imaging job within it. */
export type RunKind = 'train' | 'evaluate' | 'import' | 'pipeline' | 'imaging-job' | 'batch';
export type RunStatus = 'finished' | 'failed';

/** A metric with its 95 % interval where it has one. */
export interface RunMetric {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** A file or other thing with the hash of its content. */
export interface Digest {
  readonly name: string;
  readonly sha256: string;
}

/** One run, as it is remembered. Plain values. */
export interface RunRecord {
  readonly runId: string;
  readonly kind: RunKind;
  /** For people: `default recipe, genomic and clinical`. */
  readonly name: string;
  /** Run that this one is part of. */
  readonly parentId: string | null;
  readonly status: RunStatus;
  /** Why it failed, in one sentence; null when it did not. */
  readonly failure: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly startedAtMs: number;
  readonly durationSeconds: number;
  readonly host: string;
  /** `thoracle 0.1.0`. */
  readonly codeVersion: string;
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly metrics: Readonly<Record<string, RunMetric>>;
  /** What went in: source files of a pipeline, the dataset of a training. */
  readonly inputs: readonly Digest[];
  /** Versions of the feature groups that were read or written. */
  readonly groups: readonly { readonly name: string; readonly version: number; readonly settingsDigest: string }[];
  /** Of a training or an evaluation: what the store rebuilds its dataset from, byte for byte. */
  readonly dataset?: PinnedDataset;
  /** What came out: model, report, tables. */
  readonly artifacts: readonly Digest[];
}

/** Name of the group that holds the runs. */
export const runGroupName = 'experiments';

const metadata = (
  name: string,
  type: FeatureDefinition['type'],
  unit: string,
  description: string,
): FeatureDefinition => ({
  name,
  type,
  unit,
  description,
  role: 'metadata',
});

/** The runs are records of a feature group, so that SQL, history, backup and every back end of the store serve them too. */
export const runGroup: FeatureGroup = {
  name: runGroupName,
  recordIdentifier: 'run_id',
  eventTime: 'started_at',
  definitions: [
    { name: 'run_id', type: 'string', unit: '1', description: 'Id of the run', role: 'identifier' },
    metadata('started_at', 'timestamp', 'ms', 'When the run began'),
    metadata('kind', 'string', '1', 'train, evaluate, import, pipeline, imaging-job or batch'),
    metadata('name', 'string', '1', 'For people'),
    metadata('parent_id', 'string', '1', 'Run that this one is part of'),
    metadata('status', 'string', '1', 'finished or failed'),
    metadata('failure', 'string', '1', 'Why it failed'),
    metadata('duration_seconds', 'double', 's', 'From begin to end'),
    metadata('host', 'string', '1', 'Machine'),
    metadata('code_version', 'string', '1', 'Program and version'),
    metadata('parameters', 'string', '1', 'JSON object'),
    metadata('metrics', 'string', '1', 'JSON object of {value, low, high}'),
    metadata('inputs', 'string', '1', 'JSON list of {name, sha256}'),
    metadata('groups', 'string', '1', 'JSON list of {name, version, settingsDigest}'),
    metadata('artifacts', 'string', '1', 'JSON list of {name, sha256}'),
    metadata('dataset', 'string', '1', 'JSON object that the dataset is rebuilt from'),
  ],
  settingsDigest: sha256Hex('experiments 1'),
};

/** A run before it has an id. */
export type RunDraft = Omit<RunRecord, 'runId'>;

/** The id of a run: the first 16 digits of the hash of all that is known of it. */
export function withRunId(draft: RunDraft): RunRecord {
  return { runId: sha256Hex(canonicalJson(draft)).slice(0, 16), ...draft };
}

/** A run as a row of its group. @throws TrainingError TRAIN_NOT_JSON when a parameter or metric is NaN or infinite */
export function runValues(run: RunRecord): Record<string, string | number | null> {
  return {
    run_id: run.runId,
    started_at: run.startedAtMs,
    kind: run.kind,
    name: run.name,
    parent_id: run.parentId,
    status: run.status,
    failure: run.failure,
    duration_seconds: run.durationSeconds,
    host: run.host,
    code_version: run.codeVersion,
    parameters: canonicalJson(run.parameters),
    metrics: canonicalJson(run.metrics),
    inputs: canonicalJson(run.inputs),
    groups: canonicalJson(run.groups),
    artifacts: canonicalJson(run.artifacts),
    dataset: run.dataset === undefined ? null : canonicalJson(run.dataset),
  };
}

/** Runs as a table of their group. @throws as `runValues` */
export function runTable(runs: readonly RunRecord[]): FeatureTable {
  const rows = runs.map(runValues).sort((a, b) => (String(a.run_id) < String(b.run_id) ? -1 : 1));
  const columns = new Map<string, Column>(
    runGroup.definitions.map(({ name, type }) => {
      const values = rows.map((row) => row[name] ?? null);
      if (type === 'string') return [name, { type, values: values.map((v) => (v === null ? null : String(v))) }];
      return [name, { type, values: Float64Array.from(values, (v) => (v === null ? Number.NaN : Number(v))) }];
    }),
  );
  return { group: runGroup, columns, rowCount: rows.length, provenance: [] };
}

/** @throws TrainingError TRAIN_RUN_DAMAGED naming the run and the column */
export function runOf(record: FeatureRecord): RunRecord {
  const { values } = record;
  const text = (name: string): string => String(values[name] ?? '');
  const orNull = (name: string): string | null => (values[name] === null ? null : text(name));
  const json = <T>(name: string): T => {
    try {
      return JSON.parse(text(name)) as T;
    } catch {
      throw trainingError('TRAIN_RUN_DAMAGED', record.id, name);
    }
  };
  return {
    runId: record.id,
    kind: text('kind') as RunKind,
    name: text('name'),
    parentId: orNull('parent_id'),
    status: text('status') as RunStatus,
    failure: orNull('failure'),
    startedAtMs: Date.parse(record.eventTime),
    durationSeconds: Number(values.duration_seconds),
    host: text('host'),
    codeVersion: text('code_version'),
    parameters: json('parameters'),
    metrics: json('metrics'),
    inputs: json('inputs'),
    groups: json('groups'),
    artifacts: json('artifacts'),
    ...(typeof values.dataset === 'string' ? { dataset: json<PinnedDataset>('dataset') } : {}),
  };
}
