import type { Dataset, DatasetColumn, DatasetSpec } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { Catalogue } from '../sql/catalogue.js';
import type { SqlDatabase } from '../sql/database.js';
import { checkSpec } from './check-spec.js';
import { datasetDigest } from './digest.js';
import { type FollowUp, joinPatients } from './join.js';
import { latestSeqs, scanValues } from './latest.js';
import { type ChosenColumns, chooseColumns, findDefinition } from './roles.js';

/** Builds the dataset of a spec from the latest records of exactly the versions joined. */
export async function buildDataset(database: SqlDatabase, catalogue: Catalogue, spec: DatasetSpec): Promise<Dataset> {
  checkSpec(spec);
  const chosen = spec.groups.map((wanted) =>
    chooseColumns(catalogue.version(wanted.name, wanted.version), wanted, spec.allow ?? []),
  );
  const followUps = await readFollowUps(database, outcomeGroup(catalogue, chosen, spec), spec);
  const records: ReadonlyMap<number, string>[] = [];
  for (const { stored } of chosen) records.push(await latestSeqs(database, stored, spec));
  const joined = joinPatients(
    chosen.map(({ stored }, g) => ({ name: stored.group.name, ids: new Set(records[g]?.values()) })),
    spec.join,
    followUps,
  );
  const columns = chosen.flatMap(({ stored, taken }) =>
    taken.map((d): DatasetColumn => {
      const { group, version } = stored;
      return { group: group.name, version, feature: d.name, role: d.role, unit: d.unit };
    }),
  );
  const matrix = await fillMatrix(database, chosen, records, joined.patientIds, columns.length, spec);
  const dataset = { spec, ...joined, columns, ...matrix, excluded: chosen.flatMap((c) => c.excluded) };
  return { ...dataset, digest: datasetDigest(dataset) };
}

/** The outcome is read at the version that is joined, or at the newest when its group is not. */
function outcomeGroup(catalogue: Catalogue, chosen: readonly ChosenColumns[], spec: DatasetSpec): GroupVersion {
  const joined = chosen.find(({ stored }) => stored.group.name === spec.outcome.group);
  const stored = joined?.stored ?? catalogue.version(spec.outcome.group);
  for (const name of [spec.outcome.timeDays, spec.outcome.event]) {
    const { type } = findDefinition(stored, name);
    if (type !== 'double' && type !== 'integer') throw storeError('STORE_NOT_NUMERIC', stored.group.name, name);
  }
  return stored;
}

async function readFollowUps(
  database: SqlDatabase,
  stored: GroupVersion,
  spec: DatasetSpec,
): Promise<ReadonlyMap<string, FollowUp>> {
  const { timeDays, event } = spec.outcome;
  const seqs = await latestSeqs(database, stored, spec);
  const followUps = new Map<string, FollowUp>();
  const definitions = [findDefinition(stored, timeDays), findDefinition(stored, event)];
  await scanValues(database, stored, definitions, spec, (seq, columns, row) => {
    const id = seqs.get(seq);
    if (id === undefined) return;
    const flag = columns[1]?.values[row] as number;
    if (flag !== 0 && flag !== 1 && !Number.isNaN(flag)) {
      throw storeError('STORE_BAD_OUTCOME', stored.group.name, event, id, String(flag));
    }
    followUps.set(id, { timeDays: columns[0]?.values[row] as number, event: flag });
  });
  return followUps;
}

async function fillMatrix(
  database: SqlDatabase,
  chosen: readonly ChosenColumns[],
  records: readonly ReadonlyMap<number, string>[],
  patientIds: readonly string[],
  width: number,
  spec: DatasetSpec,
): Promise<Pick<Dataset, 'values' | 'present'>> {
  const rowOf = new Map(patientIds.map((id, row) => [id, row] as const));
  const values = new Float64Array(patientIds.length * width).fill(Number.NaN);
  const present = new Uint8Array(patientIds.length * chosen.length);
  let offset = 0;
  for (const [g, { stored, taken }] of chosen.entries()) {
    const seqs = records[g] ?? new Map<number, string>();
    for (const id of seqs.values()) {
      const row = rowOf.get(id);
      if (row !== undefined) present[row * chosen.length + g] = 1;
    }
    const first = offset;
    await scanValues(database, stored, taken, spec, (seq, columns, chunkRow) => {
      const row = rowOf.get(seqs.get(seq) ?? '');
      if (row === undefined) return;
      const start = row * width + first;
      for (let c = 0; c < columns.length; c++) values[start + c] = columns[c]?.values[chunkRow] as number;
    });
    offset += taken.length;
  }
  return { values, present };
}
