import { clinicalCodebook, storedName } from '../../../pipelines/index.js';
import { logRankOfGroups } from '../../../training/index.js';
import type { BreakdownReply, FactorReply } from '../replies/cohort-reply.js';
import { type ClinicalPatient, followedUp, hasOutcome, survivalOf } from './survival.js';
import { stageGroup } from './tnm-stage.js';

/** One way to break a cohort down. */
interface Factor {
  readonly key: string;
  readonly title: string;
  readonly note?: string;
  readonly levels: readonly string[];
  readonly levelOf: (values: ClinicalPatient['values']) => string | undefined;
  readonly columns: readonly string[];
}

const ages = [
  { name: 'under 60', below: 60 },
  { name: '60 to 69', below: 70 },
  { name: '70 to 79', below: 80 },
  { name: '80 and over', below: Number.POSITIVE_INFINITY },
];
const ageColumn = storedName('Age at Histological Diagnosis');
const [tColumn, nColumn, mColumn] = ['T', 'N', 'M'].map((part) => storedName(`Pathological ${part} stage`)) as [
  string,
  string,
  string,
];

/** A column of the codebook whose values are the levels, in their order where they have one. */
function category(key: string, title: string, header: string): Factor {
  const row = clinicalCodebook.find((one) => one.header === header);
  const column = storedName(header);
  const order = row?.kind === 'category' ? row.order : undefined;
  const levels = order === undefined ? [] : Object.keys(order).sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0));
  const levelOf = (values: ClinicalPatient['values']) => {
    const value = values[column];
    return value === null || value === undefined ? undefined : String(value);
  };
  return { key, title, levels, levelOf, columns: [column] };
}

const factors: readonly Factor[] = [
  {
    key: 'stage',
    title: 'Stage',
    note: 'From the pathological T, N and M of each patient by the table of TNM 7; not known where one of the three is missing.',
    levels: ['0', 'I', 'II', 'III', 'IV'],
    levelOf: (values) => stageGroup(values[tColumn], values[nColumn], values[mColumn]),
    columns: [tColumn, nColumn, mColumn],
  },
  category('t', 'T stage', 'Pathological T stage'),
  category('n', 'N stage', 'Pathological N stage'),
  category('histology', 'Histology', 'Histology'),
  category('grade', 'Grade', 'Histopathological Grade'),
  category('smoking', 'Smoking', 'Smoking status'),
  category('sex', 'Sex', 'Gender'),
  {
    key: 'age',
    title: 'Age',
    note: 'Age at histological diagnosis, in years.',
    levels: ages.map(({ name }) => name),
    levelOf: (values) => {
      const age = values[ageColumn];
      return typeof age === 'number' ? ages.find(({ below }) => age < below)?.name : undefined;
    },
    columns: [ageColumn],
  },
  category('lvi', 'Lymphovascular invasion', 'Lymphovascular invasion'),
  category('egfr', 'EGFR', 'EGFR mutation status'),
  category('kras', 'KRAS', 'KRAS mutation status'),
  category('hospital', 'Hospital', 'Patient affiliation'),
];

/** Columns of the clinical group that the breakdown reads. */
export const breakdownColumns: readonly string[] = [...new Set(factors.flatMap(({ columns }) => columns))];

/** The cohort by each factor that at least one patient has. */
export function breakdownOf(patients: readonly ClinicalPatient[]): BreakdownReply {
  return { factors: factors.map((factor) => brokenDown(factor, patients)).filter(({ levels }) => levels.length > 0) };
}

function brokenDown(
  { key, title, note, levels: order, levelOf }: Factor,
  all: readonly ClinicalPatient[],
): FactorReply {
  const byLevel = new Map<string, ClinicalPatient[]>();
  let unknown = 0;
  for (const patient of all) {
    const level = levelOf(patient.values);
    if (level === undefined) unknown++;
    else byLevel.set(level, [...(byLevel.get(level) ?? []), patient]);
  }
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const names = [...byLevel.keys()].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  const levels = names.map((name) => {
    const patients = byLevel.get(name) ?? [];
    return { name, patients: patients.length, ...survivalOf(patients) };
  });
  return { key, title, note: note ?? null, levels, unknown, logRank: comparison([...byLevel.values()]) };
}

/** The log-rank test of the levels of which somebody can be followed; null where there are fewer than two, or too few deaths. */
function comparison(groups: readonly (readonly ClinicalPatient[])[]): FactorReply['logRank'] {
  const followed = groups.map((patients) => patients.filter(hasOutcome)).filter(({ length }) => length > 0);
  if (followed.length < 2) return null;
  const { timeDays, died } = followedUp(followed.flat());
  const group = followed.flatMap((patients, g) => patients.map(() => g));
  try {
    const { chiSquare, pValue } = logRankOfGroups(timeDays, died, group, followed.length);
    return { chiSquare, degreesOfFreedom: followed.length - 1, pValue };
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'TRAIN_LOG_RANK_UNDEFINED') return null;
    throw error;
  }
}
