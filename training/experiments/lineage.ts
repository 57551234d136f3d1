import type { Provenance } from '../../featurestore/contract/index.js';
import { trainingError } from '../errors.js';
import { findRun, listRuns, type RunStore } from './run-log.js';
import type { Digest, RunRecord } from './run-record.js';

/** A thing that a result depends on, or the result. */
export interface LineageNode {
  /** Unique: `prediction:R01-001`, `run:…`, `record:clinical@1/R01-001`, `group:clinical@1`, `source:<sha256>`, `artifact:<sha256>`. */
  readonly id: string;
  readonly kind: 'prediction' | 'artifact' | 'run' | 'record' | 'group' | 'source';
  readonly label: string;
  /** SHA-256 in hex, of sources and artifacts. */
  readonly sha256?: string;
}

/** `from` was made out of `to`. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
}

/** A graph without cycles; every edge joins two of the nodes. */
export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

/** Grows a graph; a node or an edge that is there already is not there twice. */
class Graph {
  readonly #nodes = new Map<string, LineageNode>();
  readonly #edges = new Map<string, LineageEdge>();

  /** @param from the node that was made out of this one */
  add(node: LineageNode, from?: string): string {
    this.#nodes.set(node.id, node);
    if (from !== undefined) this.#edges.set(`${from} ${node.id}`, { from, to: node.id });
    return node.id;
  }

  source({ name, sha256 }: Digest, from: string): string {
    return this.add({ id: `source:${sha256}`, kind: 'source', label: name, sha256 }, from);
  }

  artifact({ name, sha256 }: Digest, from?: string): string {
    return this.add({ id: `artifact:${sha256}`, kind: 'artifact', label: name, sha256 }, from);
  }

  get whole(): Lineage {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }
}

/**
 * Everything a run's results depend on: its artifacts, the run, the versions of the groups it read, and the source files
 * from which the records of these versions were made, by the digests that the store keeps with every row.
 * @param id     of the run or the beginning of it, or the id of a model (the hash of an artifact)
 * @param caseId a patient: then the graph starts at the prediction for this patient, and holds the patient's own records with
 *   their sources beside the model's
 * @throws TrainingError TRAIN_RUN_UNKNOWN, TRAIN_RUN_AMBIGUOUS, TRAIN_LINEAGE_CASE when no group has a record of the patient
 */
export async function lineageOf(store: RunStore, id: string, caseId?: string): Promise<Lineage> {
  const run = (await runThatMade(store, id)) ?? (await findRun(store, id));
  const graph = new Graph();
  const prediction =
    caseId === undefined
      ? undefined
      : graph.add({ id: `prediction:${caseId}`, kind: 'prediction', label: `for ${caseId}` });
  for (const artifact of run.artifacts) graph.artifact(artifact, prediction);
  const runNode = graph.add({ id: `run:${run.runId}`, kind: 'run', label: `${run.kind}: ${run.name}` }, prediction);
  for (const artifact of run.artifacts) {
    graph.add({ id: runNode, kind: 'run', label: `${run.kind}: ${run.name}` }, graph.artifact(artifact));
  }
  for (const input of run.inputs) graph.source(input, runNode);
  for (const group of run.groups) {
    const label = `${group.name}@${group.version}`;
    const groupNode = graph.add({ id: `group:${label}`, kind: 'group', label }, runNode);
    for (const source of (await sourcesOf(store, group)) ?? []) graph.source(source, groupNode);
  }
  if (caseId !== undefined && prediction !== undefined) await addCase(store, graph, run, caseId, prediction);
  return graph.whole;
}

/** The records of one patient that a prediction reads, and what they were made from. */
async function addCase(
  store: RunStore,
  graph: Graph,
  run: RunRecord,
  caseId: string,
  prediction: string,
): Promise<void> {
  let found = 0;
  for (const group of run.groups) {
    const sources = await sourcesOf(store, group, caseId);
    if (sources === undefined) continue;
    found++;
    const label = `${group.name}@${group.version} of ${caseId}`;
    const id = `record:${group.name}@${group.version}/${caseId}`;
    const record = graph.add({ id, kind: 'record', label }, prediction);
    for (const source of sources) graph.source(source, record);
  }
  if (found === 0) throw trainingError('TRAIN_LINEAGE_CASE', caseId);
}

async function runThatMade(store: RunStore, artifact: string): Promise<RunRecord | undefined> {
  return (await listRuns(store)).find((run) => run.artifacts.some(({ sha256 }) => sha256 === artifact));
}

/**
 * Input digests of the rows of one version of a group, or of one record of it.
 * @returns undefined where the version has no such row
 */
async function sourcesOf(
  store: RunStore,
  { name, version }: RunRecord['groups'][number],
  caseId?: string,
): Promise<readonly Digest[] | undefined> {
  const stored = (await store.searchGroups({ text: name })).find((group) => group.name === name);
  if (stored === undefined) return undefined;
  const only = caseId === undefined ? '' : ` AND "${stored.recordIdentifier}" = $2`;
  const { rows } = await store.query(
    `SELECT DISTINCT provenance FROM "${name}_history" WHERE version = $1${only} ORDER BY provenance`,
    caseId === undefined ? [version] : [version, caseId],
  );
  if (rows.length === 0) return undefined;
  return rows.flatMap(([text]) => {
    const provenances = text === null ? [] : (JSON.parse(String(text)) as readonly Provenance[]);
    return provenances.flatMap(({ inputDigests }) => inputDigests);
  });
}
