import type { Role } from '../../featurestore/contract/index.js';

interface Row {
  /** Header in the source, white space trimmed. */
  readonly header: string;
  readonly role: Role;
  readonly description: string;
  /** Spellings of missing that this column uses, as the source writes them; compared without regard to case. */
  readonly missing: readonly string[];
}

/** When `column` is `category`, a cell `N/A` says that the question does not apply, not that the answer is missing. */
export interface NotApplicable {
  readonly column: string;
  readonly category: string;
}

/** The patient id; `aliases` are other headers of the same column. */
export interface IdentifierRow extends Row {
  readonly kind: 'identifier';
  readonly aliases: readonly string[];
}
/** A number; values outside `plausible` (inclusive) are reported and kept. */
export interface NumberRow extends Row {
  readonly kind: 'number';
  readonly unit: string;
  readonly plausible: readonly [low: number, high: number];
  /** A cell `N/A` means 0 under this condition. */
  readonly zeroWhen?: NotApplicable;
}
/** One of `categories`, compared without regard to case. */
export interface CategoryRow extends Row {
  readonly kind: 'category';
  readonly categories: readonly string[];
  /** A cell `N/A` means none of the categories under this condition. */
  readonly noneWhen?: NotApplicable;
  /** Place of every category on a scale, for categories that have an order: they also become one number. */
  readonly order?: Readonly<Record<string, number>>;
}
/** A calendar day, shifted by the source. */
export interface DateRow extends Row {
  readonly kind: 'date';
}
/** A category stored as the number of its place in `categories`: Alive 0, Dead 1. */
export interface StatusRow extends Row {
  readonly kind: 'status';
  readonly categories: readonly string[];
}
export type CodebookRow = IdentifierRow | NumberRow | CategoryRow | DateRow | StatusRow;

const notCollected = ['Not Collected'];
const yesNo = ['No', 'Yes'];
const checkbox = ['Checked', 'Unchecked'];
const wildtypeOr = (other: string) => [other, 'Wildtype'];
const molecular = ['Not collected', 'Unknown'];

const id = (header: string, aliases: readonly string[], description: string): IdentifierRow => ({
  kind: 'identifier',
  header,
  aliases,
  role: 'identifier',
  description,
  missing: [],
});
const number = (
  header: string,
  role: Role,
  unit: string,
  plausible: readonly [number, number],
  missing: readonly string[],
  description: string,
): NumberRow => ({ kind: 'number', header, role, unit, plausible, missing, description });
const category = (
  header: string,
  role: Role,
  categories: readonly string[],
  missing: readonly string[],
  description: string,
): CategoryRow => ({ kind: 'category', header, role, categories, missing, description });
/** A category whose values have an order; `order` holds all of them with their place on the scale. */
const ordered = (
  header: string,
  order: Readonly<Record<string, number>>,
  missing: readonly string[],
  description: string,
): CategoryRow => ({ ...category(header, 'feature', Object.keys(order).sort(), missing, description), order });
const date = (header: string, role: Role, missing: readonly string[], description: string): DateRow => ({
  kind: 'date',
  header,
  role,
  missing,
  description,
});
/** "Location unknown" is a spelling of missing, so its two columns are no features. */
const location = (place: string, where: string): CategoryRow =>
  category(
    `Tumor Location (choice=${place})`,
    place === 'Unknown' ? 'metadata' : 'feature',
    checkbox,
    [],
    `Tumour in the ${where}`,
  );

/**
 * The clinical table of NSCLC-Radiogenomics (doi:10.7937/K9/TCIA.2017.7hs46erv), column by column in its order.
 *
 * Roles, seen from the day of surgery: what the patient, the images and the resected specimen tell is a `feature`; treatment
 * after it and recurrence are `post-baseline`. Dates are shifted per patient by an unknown amount, so the calendar day (and
 * the year of quitting) says nothing about a patient and is `metadata`; only differences between dates of a patient mean something.
 */
export const clinicalCodebook: readonly CodebookRow[] = [
  id('Case ID', ['Patient ID'], 'Patient id of the data set'),
  category('Patient affiliation', 'feature', ['Stanford', 'VA'], [], 'Hospital of the patient'),
  number('Age at Histological Diagnosis', 'feature', 'a', [0, 120], notCollected, 'Age at histological diagnosis'),
  number('Weight (lbs)', 'feature', '[lb_av]', [20, 1000], notCollected, 'Body weight in pounds'),
  category('Gender', 'feature', ['Female', 'Male'], [], 'Gender'),
  category(
    'Ethnicity',
    'feature',
    ['African-American', 'Asian', 'Caucasian', 'Hispanic/Latino', 'Native Hawaiian/Pacific Islander'],
    ['Not Recorded In Database'],
    'Ethnicity',
  ),
  ordered('Smoking status', { Nonsmoker: 0, Former: 1, Current: 2 }, [], 'Smoking status at diagnosis'),
  {
    ...number(
      'Pack Years',
      'feature',
      '{pack}.a',
      [0, 300],
      ['N/A', 'Not Collected'],
      'Packs a day times years smoked',
    ),
    zeroWhen: { column: 'Smoking status', category: 'Nonsmoker' },
  },
  number('Quit Smoking Year', 'metadata', 'a', [1900, 2100], ['N/A'], 'Calendar year of quitting (shifted)'),
  ordered(
    '%GG',
    { '0%': 0, '>0 - 25%': 1, '25 - 50%': 2, '50 - 75%': 3, '75 - < 100%': 4, '100%': 5 },
    ['Not Assessed'],
    'Share of ground glass in the tumour on CT',
  ),
  location('RUL', 'right upper lobe'),
  location('RML', 'right middle lobe'),
  location('RLL', 'right lower lobe'),
  location('LUL', 'left upper lobe'),
  location('LLL', 'left lower lobe'),
  location('L Lingula', 'lingula of the left upper lobe'),
  location('Unknown', 'unknown place'),
  category(
    'Histology',
    'feature',
    ['Adenocarcinoma', 'NSCLC NOS (not otherwise specified)', 'Squamous cell carcinoma'],
    [],
    'Histological type of the resected tumour',
  ),
  ordered(
    'Pathological T stage',
    { Tis: 0, T1a: 1, T1b: 2, T2a: 3, T2b: 4, T3: 5, T4: 6 },
    notCollected,
    'T stage of the specimen (TNM 7)',
  ),
  ordered('Pathological N stage', { N0: 0, N1: 1, N2: 2 }, notCollected, 'N stage of the specimen (TNM 7)'),
  ordered('Pathological M stage', { M0: 0, M1a: 1, M1b: 2 }, notCollected, 'M stage (TNM 7)'),
  ordered(
    'Histopathological Grade',
    {
      'G1 Well differentiated': 1,
      'Other, Type I: Well to moderately differentiated': 1.5,
      'G2 Moderately differentiated': 2,
      'Other, Type II: Moderately to poorly differentiated': 2.5,
      'G3 Poorly differentiated': 3,
    },
    notCollected,
    'Differentiation grade of the specimen',
  ),
  category(
    'Lymphovascular invasion',
    'feature',
    ['Absent', 'Present'],
    notCollected,
    'Tumour in lymph or blood vessels of the specimen',
  ),
  category(
    'Pleural invasion (elastic, visceral, or parietal)',
    'feature',
    yesNo,
    ['Not collected'],
    'Tumour in the pleura of the specimen',
  ),
  category('EGFR mutation status', 'feature', wildtypeOr('Mutant'), molecular, 'EGFR gene of the tumour'),
  category('KRAS mutation status', 'feature', wildtypeOr('Mutant'), molecular, 'KRAS gene of the tumour'),
  category('ALK translocation status', 'feature', wildtypeOr('Translocated'), molecular, 'ALK gene of the tumour'),
  category('Adjuvant Treatment', 'post-baseline', yesNo, notCollected, 'Treatment after surgery'),
  category('Chemotherapy', 'post-baseline', yesNo, notCollected, 'Chemotherapy after surgery'),
  category('Radiation', 'post-baseline', yesNo, notCollected, 'Radiotherapy after surgery'),
  category('Recurrence', 'post-baseline', ['no', 'yes'], ['Not collected'], 'The tumour came back'),
  {
    ...category(
      'Recurrence Location',
      'post-baseline',
      ['distant', 'local', 'regional'],
      ['N/A'],
      'Where it came back',
    ),
    noneWhen: { column: 'Recurrence', category: 'no' },
  },
  date('Date of Recurrence', 'post-baseline', ['N/A'], 'Day the recurrence was found (shifted)'),
  date('Date of Last Known Alive', 'followup', [], 'Day the patient was last known alive (shifted)'),
  {
    kind: 'status',
    header: 'Survival Status',
    role: 'label',
    categories: ['Alive', 'Dead'],
    missing: [],
    description: 'Status at the end of follow-up: 1 dead, 0 alive',
  },
  date('Date of Death', 'outcome', ['N/A'], 'Day of death (shifted)'),
  number(
    'Time to Death (days)',
    'outcome',
    'd',
    [1, 20_000],
    ['N/A'],
    'Days from surgery to death as the source states it (for most patients to the day last known alive)',
  ),
  date('CT Date', 'metadata', [], 'Day of the CT (shifted)'),
  number('Days between CT and surgery', 'feature', 'd', [0, 1000], [], 'Days from the CT to surgery'),
  date('PET Date', 'metadata', notCollected, 'Day of the PET (shifted)'),
];
