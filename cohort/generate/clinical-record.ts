import type { ClinicalColumn } from '../cohort-columns.js';
import { type Day, dayOf, tableDate, yearOf } from './calendar.js';
import type { PlannedPatient } from './cohort-plan.js';
import { RandomStream } from './random-stream.js';

export const lobes = ['RUL', 'RML', 'RLL', 'LUL', 'LLL', 'L Lingula', 'Unknown'] as const;
export type Lobe = (typeof lobes)[number];

export interface ClinicalRecord {
  readonly patientId: string;
  readonly sex: 'M' | 'F';
  readonly age: number;
  readonly lobe: Lobe;
  readonly ctDay: Day;
  readonly surgeryDay: Day;
  readonly lastSeenDay: Day;
  readonly cells: Readonly<Record<ClinicalColumn, string>>;
}

/** A level of an ordered category: the higher the latent value, the further down the list. */
function ordered(latent: number, levels: readonly (readonly [value: string, upTo: number])[]): string {
  return (levels.find(([, upTo]) => latent <= upTo) ?? (levels.at(-1) as readonly [string, number]))[0];
}

// Cut points follow the shares of the collection's 162 staged patients.
const tLevels = [
  ['Tis', -1.8],
  ['T1a', -0.6],
  ['T1b', -0.1],
  ['T2a', 0.7],
  ['T2b', 1.0],
  ['T3', 1.7],
  ['T4', Infinity],
] as const;
const nLevels = [
  ['N0', 0.7],
  ['N1', 1.2],
  ['N2', Infinity],
] as const;
const gradeLevels = [
  ['G1 Well differentiated', -0.9],
  ['Other, Type I: Well to moderately differentiated', -0.7],
  ['G2 Moderately differentiated', 0.5],
  ['Other, Type II: Moderately to poorly differentiated', 0.75],
  ['G3 Poorly differentiated', Infinity],
] as const;

/** One row of the clinical table, without the outcome columns. */
export function clinicalRecord(patient: PlannedPatient, seed: number): ClinicalRecord {
  const random = new RandomStream(seed, 'clinical', patient.position);
  const { clinical, imaging } = patient.factors;
  // What a latent factor leaves visible: a share of it, the rest is the patient's own.
  const shown = (share: number) => share * clinical + Math.sqrt(1 - share * share) * random.normal();
  const sex = random.chance(0.64) ? 'M' : 'F';
  const age = Math.min(87, Math.max(30, Math.round(67 + 9 * shown(0.75))));
  const lobe = random.weighted<Lobe>([
    ['RUL', 62],
    ['RML', 17],
    ['RLL', 44],
    ['LUL', 50],
    ['LLL', 30],
    ['L Lingula', 8],
  ]);
  const ctDay = random.whole(dayOf(1990, 1, 2), dayOf(1991, 12, 20));
  const surgeryDay = ctDay + random.whole(2, 70);
  const { dead, deathDay, censorDay } = patient.survival;
  const cells = {
    ...person(patient, random, { sex, age, ctDay, shown }),
    ...locationCells(lobe),
    ...pathology(patient, shown, 0.3 * imaging),
    ...mutations(random, shown),
    ...dates(patient, random, ctDay, surgeryDay),
    ...outcomePlaceholders,
  };
  const lastSeenDay = surgeryDay + (dead ? deathDay : censorDay);
  return { patientId: patient.patientId, sex, age, lobe, ctDay, surgeryDay, lastSeenDay, cells };
}

const outcomePlaceholders = {
  Recurrence: 'no',
  'Recurrence Location': 'N/A',
  'Date of Recurrence': 'N/A',
  'Date of Last Known Alive': 'N/A',
  'Survival Status': 'Alive',
  'Date of Death': 'N/A',
  'Time to Death (days)': 'N/A',
} as const;

type Cells<K extends ClinicalColumn> = Record<K, string>;
type Shown = (share: number) => number;

interface PersonSoFar {
  readonly sex: 'M' | 'F';
  readonly age: number;
  readonly ctDay: Day;
  readonly shown: Shown;
}

function person(patient: PlannedPatient, random: RandomStream, so: PersonSoFar) {
  const smoking = ordered(so.shown(0.6), [
    ['Nonsmoker', -0.75],
    ['Former', 0.95],
    ['Current', Infinity],
  ]);
  const packYears = Math.min(120, Math.max(1, Math.round(35 * Math.exp(0.55 * so.shown(0.8)))));
  const smoked = smoking !== 'Nonsmoker';
  const quit = yearOf(so.ctDay) - random.whole(0, 30);
  const va = !patient.amc && random.chance(0.5);
  const kilograms = Math.max(40, (so.sex === 'M' ? 84 : 70) - 9 * so.shown(0.5));
  const pounds = va
    ? String(Number((Math.round(kilograms) * 2.205).toFixed(3)))
    : String(Math.round(kilograms * 2.205));
  return {
    'Patient affiliation': va ? 'VA' : 'Stanford',
    'Age at Histological Diagnosis': String(so.age),
    'Weight (lbs)': patient.amc || random.chance(0.06) ? 'Not Collected' : pounds,
    Gender: so.sex === 'M' ? 'Male' : 'Female',
    Ethnicity: patient.amc
      ? 'Not Recorded In Database'
      : random.weighted([
          ['Caucasian', 123],
          ['Asian', 24],
          ['African-American', 6],
          ['Hispanic/Latino', 6],
          ['Native Hawaiian/Pacific Islander', 3],
        ]),
    'Smoking status': smoking,
    'Pack Years': smoked ? (random.chance(0.05) ? 'Not Collected' : String(packYears)) : 'N/A',
    'Quit Smoking Year': smoking === 'Former' && random.chance(0.83) ? String(quit) : 'N/A',
    '%GG': patient.amc ? 'Not Assessed' : groundGlass(random, so.shown),
  } satisfies Partial<Cells<ClinicalColumn>>;
}

function groundGlass(random: RandomStream, shown: Shown): string {
  if (random.chance(0.1)) return 'Not Assessed';
  // Ground glass goes with slow growth.
  return ordered(-shown(0.6), [
    ['0%', 0.3],
    ['>0 - 25%', 1.0],
    ['25 - 50%', 1.4],
    ['50 - 75%', 1.8],
    ['75 - < 100%', 2.3],
    ['100%', Infinity],
  ]);
}

function locationCells(lobe: Lobe) {
  const mark = (choice: Lobe) => (choice === lobe ? 'Checked' : 'Unchecked');
  return {
    'Tumor Location (choice=RUL)': mark('RUL'),
    'Tumor Location (choice=RML)': mark('RML'),
    'Tumor Location (choice=RLL)': mark('RLL'),
    'Tumor Location (choice=LUL)': mark('LUL'),
    'Tumor Location (choice=LLL)': mark('LLL'),
    'Tumor Location (choice=L Lingula)': mark('L Lingula'),
    'Tumor Location (choice=Unknown)': mark('Unknown'),
  };
}

function pathology(patient: PlannedPatient, shown: Shown, size: number) {
  const t = ordered(shown(0.85) + size, tLevels);
  const n = ordered(shown(0.9), nLevels);
  const m = ordered(shown(0.9), [
    ['M0', 1.8],
    ['M1a', 2.0],
    ['M1b', Infinity],
  ]);
  const grade = ordered(shown(0.85), gradeLevels);
  const vessels = shown(0.85) > 0.6 ? 'Present' : 'Absent';
  const pleura = shown(0.85) > 0.5 ? 'Yes' : 'No';
  const treated = n !== 'N0' || shown(0.5) > 1.2 ? 'Yes' : 'No';
  const known = (value: string) => (patient.amc ? 'Not Collected' : value);
  return {
    'Histology ': ordered(shown(0.4), [
      ['Adenocarcinoma', 0.75],
      ['Squamous cell carcinoma', 2.1],
      ['NSCLC NOS (not otherwise specified)', Infinity],
    ]),
    'Pathological T stage': known(t),
    'Pathological N stage': known(n),
    'Pathological M stage': known(m),
    'Histopathological Grade': known(grade),
    'Lymphovascular invasion': known(patient.position % 19 === 8 ? 'Not Collected' : vessels),
    'Pleural invasion (elastic, visceral, or parietal)':
      patient.amc || patient.position % 23 === 12 ? 'Not collected' : pleura,
    'Adjuvant Treatment': treated,
    Chemotherapy: treated,
    Radiation: treated === 'Yes' && shown(0.4) > 0.8 ? 'Yes' : 'No',
  } satisfies Partial<Cells<ClinicalColumn>>;
}

function mutations(random: RandomStream, shown: Shown) {
  const gap = random.weighted([
    ['', 82],
    ['Unknown', 15],
    ['Not collected', 3],
  ]);
  const result = (value: string) => (gap === '' ? value : gap);
  return {
    'EGFR mutation status': result(-shown(0.4) > 0.75 ? 'Mutant' : 'Wildtype'),
    'KRAS mutation status': result(shown(0.4) > 0.75 ? 'Mutant' : 'Wildtype'),
    'ALK translocation status': result(random.chance(0.02) ? 'Translocated' : 'Wildtype'),
  };
}

function dates(patient: PlannedPatient, random: RandomStream, ctDay: Day, surgeryDay: Day) {
  const pet = patient.amc || random.chance(0.05) ? 'Not Collected' : tableDate(ctDay + random.whole(-10, 20));
  return {
    'CT Date': tableDate(ctDay),
    'Days between CT and surgery': String(surgeryDay - ctDay),
    'PET Date': pet,
  };
}
