import type { FeatureStore, Provenance } from '../../../featurestore/index.js';
import { listRuns, type RunRecord } from '../../../training/index.js';
import { quoted } from '../cohort/patient-groups.js';
import type { GroupRun, LineageReply, WriterReply } from '../replies/store-reply.js';

const mostInputs = 500;

interface Writer {
  readonly version: number;
  readonly pipelineVersion: string;
  readonly settingsDigest: string;
  rows: number;
  firstWrite: string;
  lastWrite: string;
  readonly inputs: Map<string, { readonly name: string; readonly sha256: string; rows: number }>;
}

/** What a group's rows were made by and from: the provenance that the store keeps with every row, and the runs it remembers. */
export async function lineageOf(store: FeatureStore, group: string): Promise<LineageReply> {
  await store.definition(group);
  const { rows } = await store.query(
    `SELECT version, provenance, count(*), min(write_time), max(write_time) FROM ${quoted(`${group}_history`)}
      GROUP BY version, provenance ORDER BY version DESC, provenance`,
  );
  const writers = new Map<string, Writer>();
  for (const [version, provenance, count, first, last] of rows) {
    const made = provenance === null ? [] : (JSON.parse(String(provenance)) as readonly Provenance[]);
    for (const one of made.length === 0 ? [byHand] : made) {
      add(writers, Number(version), one, { rows: Number(count), first: String(first), last: String(last) });
    }
  }
  const runs = await listRuns(store);
  const touching = runs.flatMap((run) => touches(run, group));
  return {
    writers: [...writers.values()].map(replyOf),
    runs: touching.filter(({ kind }) => kind !== 'imaging-job'),
    patientJobs: touching.filter(({ kind }) => kind === 'imaging-job').length,
  };
}

/** Rows that were put one by one, without saying what they were made from. */
const byHand: Provenance = { pipelineVersion: 'not said', settingsDigest: '', inputDigests: [] };

function add(
  writers: Map<string, Writer>,
  version: number,
  { pipelineVersion, settingsDigest, inputDigests }: Provenance,
  { rows, first, last }: { readonly rows: number; readonly first: string; readonly last: string },
): void {
  const key = JSON.stringify([version, pipelineVersion, settingsDigest]);
  const writer = writers.get(key) ?? {
    version,
    pipelineVersion,
    settingsDigest,
    rows: 0,
    firstWrite: first,
    lastWrite: last,
    inputs: new Map(),
  };
  writers.set(key, writer);
  writer.rows += rows;
  if (first < writer.firstWrite) writer.firstWrite = first;
  if (last > writer.lastWrite) writer.lastWrite = last;
  for (const { name, sha256 } of inputDigests) {
    const input = writer.inputs.get(sha256) ?? { name, sha256, rows: 0 };
    input.rows += rows;
    writer.inputs.set(sha256, input);
  }
}

function replyOf({ inputs, ...writer }: Writer): WriterReply {
  return { ...writer, inputs: [...inputs.values()].slice(0, mostInputs), inputCount: inputs.size };
}

function touches({ runId, kind, name, status, startedAtMs, groups }: RunRecord, group: string): readonly GroupRun[] {
  const did = kind === 'pipeline' || kind === 'imaging-job' ? 'wrote' : 'read';
  return groups
    .filter((one) => one.name === group)
    .map(({ version, settingsDigest }) => ({ runId, kind, name, status, startedAtMs, version, settingsDigest, did }));
}
