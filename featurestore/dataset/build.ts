import type { Dataset, DatasetColumn, DatasetSpec } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { GroupVersion } from '../groups/group-version.js';
import { slotsOf } from '../records/pack.js';
import type { Catalogue } from '../sql/catalogue.js';
import type { SqlDatabase } from '../sql/database.js';
import { checkSpec } from './check-spec.js';
import { datasetDigest } from './digest.js';
import { type FollowUp, type JoinedGroup, joinPatients } from './join.js';
import { latestIds, latestIdsOfAllVersions, scanLatestNumbers } from './latest.js';
import { type ChosenColumns, chooseColumns, findDefinition } from './roles.js';

/** Builds the dataset of a spec from the latest records of exactly the versions joined. */
export async function buildDataset(database: SqlDatabase, catalogue: Catalogue, spec: DatasetSpec): Promise<Dataset> {
  checkSpec(spec);
  const chosen = spec.groups.map((wanted) =>
    chooseColumns(catalogue.version(wanted.name, wanted.version), wanted, spec.allow ?? []),
  );
  const followUps = await readFollowUps(database, outcomeGroup(catalogue, chosen, spec), spec);
  const groups: JoinedGroup[] = [];
  for (const { stored } of chosen) {
    groups.push({
      name: stored.group.name,
      version: stored.version,
      ids: await latestIds(database, stored, spec),
      idsOfAllVersions: await latestIdsOfAllVersions(database, stored, spec),
    });
  }
  const joined = joinPatients(groups, spec.join, followUps);
  const columns = chosen.flatMap(({ stored, taken }) =>
    taken.map((d): DatasetColumn => {
      const { group, version } = stored;
      return { group: group.name, version, feature: d.name, role: d.role, unit: d.unit };
    }),
  );
  const values = await readMatrix(database, chosen, joined.patientIds, columns.length, spec);
  const present = presence(groups, joined.patientIds);
  const dataset = { spec, ...joined, columns, values, present, excluded: chosen.flatMap((c) => c.excluded) };
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
  const slots = slotsOf(stored.group);
  const [timeSlot, eventSlot] = [slots.get(timeDays)?.index ?? -1, slots.get(event)?.index ?? -1];
  const followUps = new Map<string, FollowUp>();
  await scanLatestNumbers(database, stored, spec, (id, numbers) => {
    const flag = numbers[eventSlot] as number;
    if (flag !== 0 && flag !== 1 && !Number.isNaN(flag)) {
      throw storeError('STORE_BAD_OUTCOME', stored.group.name, event, id, String(flag));
    }
    followUps.set(id, { timeDays: numbers[timeSlot] as number, event: flag });
  });
  return followUps;
}

/** Row-major, shape (patients x width): the chosen columns of each group, NaN where it has no record of the patient. */
async function readMatrix(
  database: SqlDatabase,
  chosen: readonly ChosenColumns[],
  patientIds: readonly string[],
  width: number,
  spec: DatasetSpec,
): Promise<Float64Array> {
  const rowOf = new Map(patientIds.map((id, row) => [id, row] as const));
  const values = new Float64Array(patientIds.length * width).fill(Number.NaN);
  let offset = 0;
  for (const { stored, taken } of chosen) {
    const slots = slotsOf(stored.group);
    const indices = Int32Array.from(taken, (definition) => slots.get(definition.name)?.index ?? -1);
    const first = offset;
    await scanLatestNumbers(database, stored, spec, (id, numbers) => {
      const row = rowOf.get(id);
      if (row === undefined) return;
      const start = row * width + first;
      for (let c = 0; c < indices.length; c++) values[start + c] = numbers[indices[c] as number] as number;
    });
    offset += taken.length;
  }
  return values;
}

/** Row-major, shape (patients x groups): 1 where the group holds a record of the patient. */
function presence(groups: readonly JoinedGroup[], patientIds: readonly string[]): Uint8Array {
  const present = new Uint8Array(patientIds.length * groups.length);
  for (const [row, id] of patientIds.entries()) {
    for (const [g, group] of groups.entries()) present[row * groups.length + g] = group.ids.has(id) ? 1 : 0;
  }
  return present;
}
