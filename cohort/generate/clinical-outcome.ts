import type { ClinicalColumn } from '../cohort-columns.js';
import { tableDate } from './calendar.js';
import type { ClinicalRecord } from './clinical-record.js';
import type { PlannedPatient } from './cohort-plan.js';
import { RandomStream } from './random-stream.js';

/** The inconsistencies of the original table, each given to one patient who can have it. */
type Quirk = 'seen-long-before-death' | 'ct-interval-lost-its-sign' | 'recurrence-after-last-seen';

/**
 * Fills in recurrence and survival, with a few of the original's inconsistent dates.
 * @param records in the order of `patients`
 */
export function withOutcomes(
  records: readonly ClinicalRecord[],
  patients: readonly PlannedPatient[],
  seed: number,
): ClinicalRecord[] {
  const recurrences = patients.map((patient) => recurs(patient, seed));
  const quirks = chooseQuirks(patients, recurrences);
  return records.map((record, i) => {
    const patient = patients[i] as PlannedPatient;
    return withOutcome(record, patient, recurrences[i] as boolean, quirks.get(i), seed);
  });
}

function recurs(patient: PlannedPatient, seed: number): boolean {
  const random = new RandomStream(seed, 'recurrence', patient.position);
  return random.chance(1 / (1 + Math.exp(1.2 - 0.6 * patient.logHazard)));
}

function chooseQuirks(patients: readonly PlannedPatient[], recurrences: readonly boolean[]): Map<number, Quirk> {
  const quirks = new Map<number, Quirk>();
  const lateDeaths = patients.filter((p) => p.survival.dead && !p.amc && p.survival.deathDay > 250);
  const [, first, , second] = lateDeaths;
  if (first !== undefined) quirks.set(first.position, 'seen-long-before-death');
  if (second !== undefined) quirks.set(second.position, 'ct-interval-lost-its-sign');
  const alive = patients.filter((p) => !p.survival.dead && !p.amc && recurrences[p.position] === true)[1];
  if (alive !== undefined) quirks.set(alive.position, 'recurrence-after-last-seen');
  return quirks;
}

function withOutcome(
  record: ClinicalRecord,
  patient: PlannedPatient,
  recurrence: boolean,
  quirk: Quirk | undefined,
  seed: number,
): ClinicalRecord {
  const random = new RandomStream(seed, 'outcome', patient.position);
  const { dead, deathDay } = patient.survival;
  const { surgeryDay } = record;
  const gap = quirk === 'seen-long-before-death' ? random.whole(60, 200) : 0;
  const lastSeenDay = record.lastSeenDay - gap;
  const cells: Record<ClinicalColumn, string> = { ...record.cells };
  cells['Date of Last Known Alive'] = tableDate(lastSeenDay);
  if (dead) {
    cells['Survival Status'] = 'Dead';
    cells['Date of Death'] = tableDate(surgeryDay + deathDay);
    cells['Time to Death (days)'] = String(lastSeenDay - surgeryDay);
  }
  if (recurrence) {
    const late = quirk === 'recurrence-after-last-seen';
    const day = late
      ? lastSeenDay + random.whole(10, 90)
      : surgeryDay + Math.round((lastSeenDay - surgeryDay) * random.between(0.2, 0.9));
    cells.Recurrence = 'yes';
    cells['Date of Recurrence'] = tableDate(day);
    cells['Recurrence Location'] = random.weighted([
      ['distant', 37],
      ['regional', 10],
      ['local', 7],
    ]);
  }
  if (quirk !== 'ct-interval-lost-its-sign') return { ...record, lastSeenDay, cells };
  // The CT was taken after surgery, but its interval was written without the sign.
  const interval = Math.round(deathDay * 0.7);
  const ctDay = surgeryDay + interval;
  cells['CT Date'] = tableDate(ctDay);
  cells['Days between CT and surgery'] = String(interval);
  return { ...record, ctDay, lastSeenDay, cells };
}
