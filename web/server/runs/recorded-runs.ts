import type { FeatureStore } from '../../../featurestore/index.js';
import { readRegistry } from '../../../serving/index.js';
import { compareRuns, lineageOf, listRuns, type RunKind, type RunRecord } from '../../../training/index.js';
import { StudioError, studioErrors } from '../errors.js';
import { badQuestion, type Question, textOf } from '../question.js';
import type { ListedRun, RunComparisonReply, RunLineageReply, RunListReply } from '../replies/runs-reply.js';

const kinds: readonly RunKind[] = ['train', 'evaluate', 'import', 'pipeline', 'imaging-job', 'batch'];
/** Runs that can stand side by side. */
const mostCompared = 8;

type Models = ReadonlyMap<string, { readonly name: string; readonly version: string }>;

/** @throws StudioError STUDIO_BAD_QUERY */
export async function runList(
  store: FeatureStore,
  registry: string | undefined,
  question: Question,
): Promise<RunListReply> {
  const kind = textOf(question, 'kind');
  if (kind !== undefined && !kinds.some((one) => one === kind)) throw badQuestion('kind', kind, kinds.join(', '));
  const [all, models] = await Promise.all([listRuns(store), modelsOf(registry)]);
  const shown = all.filter((run) => (kind === undefined ? run.kind !== 'imaging-job' : run.kind === kind));
  return {
    runs: shown.map((run) => listed(run, models)),
    kinds: kinds
      .map((one) => ({ kind: one, runs: all.filter((run) => run.kind === one).length }))
      .filter(({ runs }) => runs > 0),
  };
}

/** @throws StudioError STUDIO_BAD_QUERY, STUDIO_UNKNOWN_RUN */
export async function runComparison(
  store: FeatureStore,
  registry: string | undefined,
  question: Question,
): Promise<RunComparisonReply> {
  const ids = [...new Set((textOf(question, 'ids') ?? '').split(',').filter(Boolean))];
  if (ids.length < 2 || ids.length > mostCompared) {
    throw badQuestion('ids', ids.join(','), `ids of 2 to ${mostCompared} runs with commas between them`);
  }
  const [all, models] = await Promise.all([listRuns(store), modelsOf(registry)]);
  const runs = ids.map((id) => found(all, id));
  const { parameters, metrics } = compareRuns(runs);
  return {
    runs: runs.map((run) => listed(run, models)),
    parameters: parameters.map(({ name, values, differs }) => ({
      name,
      values: values.map((value) => (value === undefined ? null : String(value))),
      differs,
    })),
    metrics: metrics.map(({ name }) => ({
      name,
      values: runs.map((run) => run.metrics[name] ?? null),
    })),
  };
}

/** @throws StudioError STUDIO_UNKNOWN_RUN */
export async function runLineage(store: FeatureStore, id: string): Promise<RunLineageReply> {
  const { runId } = found(await listRuns(store), id);
  const { nodes, edges } = await lineageOf(store, runId);
  const labels = new Map(nodes.map((node) => [node.id, node.label]));
  return {
    nodes: nodes.map(({ sha256, ...node }) => ({
      ...node,
      sha256: sha256 ?? null,
      madeInto: edges.filter(({ to }) => to === node.id).map(({ from }) => labels.get(from) ?? from),
    })),
  };
}

function found(runs: readonly RunRecord[], id: string): RunRecord {
  const run = runs.find(({ runId }) => runId === id);
  if (run === undefined) throw new StudioError('STUDIO_UNKNOWN_RUN', studioErrors.STUDIO_UNKNOWN_RUN(id.slice(0, 60)));
  return run;
}

/** Versions of the registry by the id of their model. */
async function modelsOf(registry: string | undefined): Promise<Models> {
  const content = registry === undefined ? undefined : await readRegistry(registry);
  const versions = Object.entries(content?.models ?? {}).flatMap(([name, model]) =>
    model.versions.map(({ modelId, version }) => [modelId, { name, version }] as const),
  );
  return new Map(versions);
}

function listed(run: RunRecord, models: Models): ListedRun {
  const { runId, kind, name, status, failure, startedAtMs, durationSeconds, host, codeVersion } = run;
  const { parameters, metrics } = run;
  const made = run.artifacts.flatMap(({ sha256 }) => models.get(sha256) ?? []);
  return {
    id: runId,
    kind,
    name,
    status,
    failure,
    startedAtMs,
    durationSeconds,
    host,
    codeVersion,
    parameters,
    metrics,
    model: made[0] ?? null,
  };
}
