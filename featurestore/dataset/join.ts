import type { Dataset, DatasetSpec, Outcome } from '../contract/index.js';
import { sortedByCodePoint } from './code-points.js';

/** Follow-up of a patient as read; NaN where missing. `event` is 0, 1 or NaN. */
export interface FollowUp {
  readonly timeDays: number;
  readonly event: number;
}

/** Which patients make the dataset, and why the others do not. */
export interface JoinedPatients {
  readonly patientIds: readonly string[];
  readonly outcomes: readonly Outcome[];
  readonly leftOut: Dataset['leftOut'];
}

/** A set of ids, or a map by them. */
type Ids = Pick<ReadonlySet<string>, 'has' | 'keys'>;

/** A group's part in a join. */
export interface JoinedGroup {
  readonly name: string;
  readonly version: number;
  /** Patients with a record at this version. */
  readonly ids: Ids;
  /** Patients with a record at any version. */
  readonly idsOfAllVersions: Ids;
}

/**
 * Joins the patients of the groups and keeps those with an event flag, all of them when no outcome was asked for. Every patient of any
 * joined group, at whatever version, is either in `patientIds` or in `leftOut`; both ascend by code point.
 */
export function joinPatients(
  groups: readonly JoinedGroup[],
  join: DatasetSpec['join'],
  followUps: ReadonlyMap<string, FollowUp> | undefined,
): JoinedPatients {
  const needed = join === 'inner' ? groups : join === 'left' ? groups.slice(0, 1) : [];
  const patientIds: string[] = [];
  const outcomes: Outcome[] = [];
  const leftOut: { patientId: string; reason: string }[] = [];
  for (const patientId of sortedByCodePoint(allIds(groups))) {
    const wanted = groups.some((group) => group.ids.has(patientId)) ? needed : groups;
    const followUp = followUps?.get(patientId);
    if (!wanted.every((group) => group.ids.has(patientId))) {
      const lacking = wanted.filter((group) => !group.ids.has(patientId)).map((group) => where(group, patientId));
      leftOut.push({ patientId, reason: `no record in ${lacking.join(', ')}` });
    } else if (followUps === undefined) {
      patientIds.push(patientId);
    } else if (followUp === undefined || Number.isNaN(followUp.event)) {
      leftOut.push({ patientId, reason: 'no outcome' });
    } else {
      patientIds.push(patientId);
      outcomes.push({ patientId, timeDays: followUp.timeDays, event: followUp.event === 1 });
    }
  }
  return { patientIds, outcomes, leftOut };
}

function allIds(groups: readonly JoinedGroup[]): string[] {
  const all = new Set<string>();
  for (const { ids, idsOfAllVersions } of groups) {
    for (const id of ids.keys()) all.add(id);
    if (idsOfAllVersions !== ids) for (const id of idsOfAllVersions.keys()) all.add(id);
  }
  return [...all];
}

/** Names a group that lacks a patient; with its version when it has the patient at another one. */
function where({ name, version, idsOfAllVersions }: JoinedGroup, patientId: string): string {
  return idsOfAllVersions.has(patientId) ? `${name} at version ${version}` : name;
}
