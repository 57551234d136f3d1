import type { Provenance } from '../../featurestore/contract/index.js';
import { findRun, listRuns, type RunStore } from './run-log.js';
import type { RunRecord } from './run-record.js';

/** A thing that a result depends on, or the result. */
export interface LineageNode {
  /** Unique: `run:…`, `group:clinical@1`, `source:<sha256>`, `artifact:<sha256>`. */
  readonly id: string;
  readonly kind: 'artifact' | 'run' | 'group' | 'source';
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

/**
 * Everything a run's results depend on: its artifacts, the run, the versions of the groups it read, and the source files
 * from which the records of these versions were made, by the digests that the store keeps with every row.
 * @param id of the run or the beginning of it, or the id of a model (the hash of an artifact)
 * @throws TrainingError TRAIN_RUN_UNKNOWN, TRAIN_RUN_AMBIGUOUS
 */
export async function lineageOf(store: RunStore, id: string): Promise<Lineage> {
  const run = (await runThatMade(store, id)) ?? (await findRun(store, id));
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageEdge>();
  const add = (node: LineageNode, from?: string): string => {
    nodes.set(node.id, node);
    if (from !== undefined) edges.set(`${from} ${node.id}`, { from, to: node.id });
    return node.id;
  };
  for (const { name, sha256 } of run.artifacts)
    add({ id: `artifact:${sha256}`, kind: 'artifact', label: name, sha256 });
  const runNode = add({ id: `run:${run.runId}`, kind: 'run', label: `${run.kind}: ${run.name}` });
  for (const { sha256 } of run.artifacts) {
    edges.set(sha256, { from: `artifact:${sha256}`, to: runNode });
  }
  for (const { name, sha256 } of run.inputs)
    add({ id: `source:${sha256}`, kind: 'source', label: name, sha256 }, runNode);
  for (const group of run.groups) {
    const label = `${group.name}@${group.version}`;
    const groupNode = add({ id: `group:${label}`, kind: 'group', label }, runNode);
    for (const source of await sourcesOf(store, group)) {
      add({ id: `source:${source.sha256}`, kind: 'source', label: source.name, sha256: source.sha256 }, groupNode);
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

async function runThatMade(store: RunStore, artifact: string): Promise<RunRecord | undefined> {
  return (await listRuns(store)).find((run) => run.artifacts.some(({ sha256 }) => sha256 === artifact));
}

/** Input digests of the rows of one version of a group. */
async function sourcesOf(store: RunStore, group: RunRecord['groups'][number]) {
  const view = `"${group.name}_history"`;
  const { rows } = await store.query(
    `SELECT DISTINCT provenance FROM ${view} WHERE version = $1 AND provenance IS NOT NULL ORDER BY provenance`,
    [group.version],
  );
  return rows.flatMap(([text]) => {
    const provenances = JSON.parse(String(text)) as readonly Provenance[];
    return provenances.flatMap(({ inputDigests }) => inputDigests);
  });
}
