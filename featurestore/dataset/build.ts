import type { Dataset, DatasetColumn, DatasetSpec, StoredDataset } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { GroupVersion } from '../groups/group-version.js';
import { slotsOf } from '../records/pack.js';
import type { Work } from '../sql/session.js';
import { datasetDigest } from './digest.js';
import { type FollowUp, type JoinedGroup, joinPatients } from './join.js';
import { type GroupLines, type LatestNumbers, latestIdsOfAllVersions, latestNumbers } from './latest.js';
import { type PinnedSpec, pinnedDataset, pinSpec } from './pin.js';
import { type ChosenColumns, chooseColumns, findDefinition } from './roles.js';

/** A group's part of the matrix. */
interface JoinedPart extends JoinedGroup {
  readonly chosen: ChosenColumns;
  /** The taken columns first; of the group that has the outcome, time and event after them. */
  readonly numbers: LatestNumbers;
}

/** Builds the dataset of a spec from the latest records of exactly the versions joined. */
export async function buildDataset(work: Work, spec: DatasetSpec): Promise<StoredDataset> {
  const pinned = await pinSpec(work.database, work.catalogue, spec);
  const outcome = outcomeGroup(work, pinned);
  const parts: JoinedPart[] = [];
  for (const wanted of pinned.groups) parts.push(await readPart(work, pinned, wanted, outcome));
  const followUps = outcome && (await readFollowUps(work, pinned, outcome, parts));
  const joined = joinPatients(parts, spec.join, followUps);
  const columns = parts.flatMap(({ chosen: { stored, taken } }) =>
    taken.map((d): DatasetColumn => {
      const { group, version } = stored;
      return { group: group.name, version, feature: d.name, role: d.role, unit: d.unit };
    }),
  );
  const { values, present } = matrixOf(parts, joined.patientIds, columns.length);
  const excluded = parts.flatMap(({ chosen }) => chosen.excluded);
  const content = { spec, ...joined, columns, values, present, excluded };
  const dataset = { ...content, digest: datasetDigest(content) };
  return { ...dataset, pinned: pinnedDataset(pinned, dataset) };
}

/** The group that has the outcome, at its version. */
function outcomeGroup({ catalogue }: Work, { outcome }: PinnedSpec): GroupVersion | undefined {
  if (outcome === undefined) return undefined;
  const stored = catalogue.version(outcome.group, outcome.version);
  for (const name of [outcome.timeDays, outcome.event]) {
    const { type } = findDefinition(stored, name);
    if (type !== 'double' && type !== 'integer') throw storeError('STORE_NOT_NUMERIC', stored.group.name, name);
  }
  return stored;
}

async function readPart(
  work: Work,
  spec: PinnedSpec,
  wanted: PinnedSpec['groups'][number],
  outcome: GroupVersion | undefined,
): Promise<JoinedPart> {
  const stored = work.catalogue.version(wanted.name, wanted.version);
  const chosen = chooseColumns(stored, wanted, spec.allow ?? []);
  const lines = { stored, upToSeq: wanted.upToSeq, point: spec };
  const names = chosen.taken.map((definition) => definition.name);
  const asOutcome = stored === outcome ? outcomeNames(spec) : [];
  const numbers = await latestNumbers(work, lines, slotsFor(stored, [...names, ...asOutcome]));
  const isOnly = work.catalogue.versions(wanted.name).length === 1;
  const idsOfAllVersions = isOnly ? numbers : await latestIdsOfAllVersions(work, lines);
  const { name } = stored.group;
  return { name, version: stored.version, ids: numbers, idsOfAllVersions, chosen, numbers };
}

function outcomeNames({ outcome }: PinnedSpec): readonly string[] {
  return outcome === undefined ? [] : [outcome.timeDays, outcome.event];
}

function slotsFor({ group }: GroupVersion, names: readonly string[]): Int32Array {
  const slots = slotsOf(group);
  return Int32Array.from(names, (name) => slots.get(name)?.index ?? -1);
}

/** Out of what was read for the matrix, when the outcome's group is joined. */
async function readFollowUps(
  work: Work,
  spec: PinnedSpec,
  stored: GroupVersion,
  parts: readonly JoinedPart[],
): Promise<ReadonlyMap<string, FollowUp>> {
  const joined = parts.find(({ chosen }) => chosen.stored === stored);
  const lines: GroupLines = { stored, upToSeq: spec.outcome?.upToSeq ?? 0, point: spec };
  const numbers = joined?.numbers ?? (await latestNumbers(work, lines, slotsFor(stored, outcomeNames(spec))));
  const first = joined?.chosen.taken.length ?? 0;
  const followUps = new Map<string, FollowUp>();
  for (const [id, list] of numbers) {
    const flag = list[first + 1] as number;
    if (flag !== 0 && flag !== 1 && !Number.isNaN(flag)) {
      throw storeError('STORE_BAD_OUTCOME', stored.group.name, spec.outcome?.event ?? '', id, String(flag));
    }
    followUps.set(id, { timeDays: list[first] as number, event: flag });
  }
  return followUps;
}

/**
 * `values`: row-major, shape (patients x width), the chosen columns of each group, NaN where it has no record of the patient; `present`:
 * row-major, shape (patients x groups), 1 where it has one.
 */
function matrixOf(
  parts: readonly JoinedPart[],
  patientIds: readonly string[],
  width: number,
): Pick<Dataset, 'values' | 'present'> {
  const values = new Float64Array(patientIds.length * width);
  const present = new Uint8Array(patientIds.length * parts.length);
  let offset = 0;
  for (const [part, { chosen, numbers }] of parts.entries()) {
    const { length } = chosen.taken;
    for (let row = 0, at = offset; row < patientIds.length; row++, at += width) {
      const list = numbers.get(patientIds[row] as string);
      if (list === undefined) {
        values.fill(Number.NaN, at, at + length);
        continue;
      }
      values.set(list.length === length ? list : list.subarray(0, length), at);
      present[row * parts.length + part] = 1;
    }
    offset += length;
  }
  return { values, present };
}
