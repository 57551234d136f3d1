import type { FeatureStore } from '../../../featurestore/index.js';
import { kaplanMeier, medianTime, outcomeColumns, survivalBand } from '../../../training/index.js';
import type { SurvivalReply } from '../replies/cohort-reply.js';
import { quoted } from './patient-groups.js';

/** A patient's clinical record: its outcome, NaN and null where it is not usable, and columns by name. */
export interface ClinicalPatient {
  readonly patientId: string;
  /** Days from surgery. */
  readonly timeDays: number;
  /** Null: not known. */
  readonly died: boolean | null;
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

/** The clinical group's latest records with those columns that the group has; undefined without the group. */
export async function clinicalPatients(
  store: FeatureStore,
  wanted: readonly string[],
): Promise<readonly ClinicalPatient[] | undefined> {
  const { group: name, timeDays, event } = outcomeColumns;
  const group = (await store.listGroups()).find((one) => one.name === name);
  if (group === undefined) return undefined;
  const has = new Set(group.definitions.map((definition) => definition.name));
  const columns = [...new Set([timeDays, event, ...wanted])].filter((column) => has.has(column));
  const selected = [group.recordIdentifier, ...columns].map(quoted).join(', ');
  const { rows } = await store.query(
    `SELECT ${selected} FROM ${quoted(name)} ORDER BY ${quoted(group.recordIdentifier)}`,
  );
  return rows.map(([id, ...cells]) => {
    const values = Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? null]));
    const days = values[timeDays];
    const state = values[event];
    return {
      patientId: String(id),
      timeDays: typeof days === 'number' ? days : Number.NaN,
      died: typeof state === 'number' ? state === 1 : null,
      values,
    };
  });
}

/** Whether the patient can be followed: a time of at least 0 days and an event that is known. */
export function hasOutcome({ timeDays, died }: ClinicalPatient): boolean {
  return timeDays >= 0 && Number.isFinite(timeDays) && died !== null;
}

/** Times and events of the patients who can be followed. */
export function followedUp(patients: readonly ClinicalPatient[]): {
  readonly timeDays: Float64Array;
  readonly died: readonly boolean[];
} {
  const usable = patients.filter(hasOutcome);
  return {
    timeDays: Float64Array.from(usable, ({ timeDays }) => timeDays),
    died: usable.map(({ died }) => died === true),
  };
}

/** Kaplan-Meier curve, band and median of patients; those without a usable outcome are left out. */
export function survivalOf(patients: readonly ClinicalPatient[]): SurvivalReply {
  const { timeDays, died } = followedUp(patients);
  const curve = kaplanMeier(timeDays, died);
  const { low, high } = survivalBand(curve);
  const { atRisk, events } = curve;
  const gone = atRisk.map((n, i) => n - (atRisk[i + 1] ?? 0));
  return {
    known: timeDays.length,
    deaths: died.filter(Boolean).length,
    medianSurvival: {
      days: medianTime(curve.timeDays, curve.survival),
      low: medianTime(curve.timeDays, low),
      high: medianTime(curve.timeDays, high),
    },
    curve: {
      timeDays: curve.timeDays,
      survival: curve.survival,
      low,
      high,
      atRisk,
      deaths: events,
      censored: gone.map((n, i) => n - (events[i] as number)),
    },
  };
}
