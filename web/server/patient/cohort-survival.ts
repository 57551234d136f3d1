import type { FeatureStore } from '../../../featurestore/contract/index.js';
import { kaplanMeier, outcomeColumns } from '../../../training/index.js';
import { StudioError, studioErrors } from '../errors.js';
import type { CohortSurvivalReply } from '../replies/patient-reply.js';

/** The curve of everybody whose time and event are known. @throws StudioError STUDIO_NO_OUTCOME */
export async function cohortSurvival(store: FeatureStore): Promise<CohortSurvivalReply> {
  const { group, timeDays, event } = outcomeColumns;
  const stored = (await store.listGroups()).find(({ name }) => name === group);
  const has = (column: string) => stored?.definitions.some(({ name }) => name === column) === true;
  if (!has(timeDays) || !has(event)) throw noOutcome();
  const { rows } = await store.query(`SELECT "${timeDays}", "${event}" FROM "${group}"`);
  const known = rows.filter((row) => row.every((cell) => typeof cell === 'number'));
  if (known.length === 0) throw noOutcome();
  const died = known.map(([, flag]) => flag === 1);
  const curve = kaplanMeier(
    Float64Array.from(known, ([days]) => days as number),
    died,
  );
  return {
    patients: known.length,
    deaths: died.filter(Boolean).length,
    points: curve.timeDays.map((days, i) => ({ timeDays: days, survival: curve.survival[i] as number })),
  };
}

function noOutcome(): StudioError {
  return new StudioError('STUDIO_NO_OUTCOME', studioErrors.STUDIO_NO_OUTCOME());
}
