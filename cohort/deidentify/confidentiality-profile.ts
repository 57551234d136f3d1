import { createRequire } from 'node:module';

/** What a person may ask to keep, each an option of PS3.15 section E.3; dates are kept as they are or moved. */
export const retainOptions = [
  'dates',
  'shifted-dates',
  'patient',
  'device',
  'institution',
  'uids',
  'safe-private',
] as const;

export type RetainOption = (typeof retainOptions)[number];

/** Codes of PS3.16 CID 7050 that say what was done. */
export const optionCodes: Readonly<Record<RetainOption | 'basic', readonly [string, string]>> = {
  basic: ['113100', 'Basic Application Confidentiality Profile'],
  dates: ['113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
  'shifted-dates': ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  patient: ['113108', 'Retain Patient Characteristics Option'],
  device: ['113109', 'Retain Device Identity Option'],
  uids: ['113110', 'Retain UIDs Option'],
  'safe-private': ['113111', 'Retain Safe Private Option'],
  institution: ['113112', 'Retain Institution Identity Option'],
};

/** The edition whose table is applied. */
export const profileEdition = 'DICOM PS3.15 2024e, table E.1-1';

type Action = 'X' | 'Z' | 'D' | 'U' | 'X/Z' | 'X/D' | 'X/Z/D' | 'Z/D' | 'X/Z/U*';

/** A row of the profile: X remove, Z empty, D dummy value, U new UID; several letters where it depends on the kind of object. */
export interface ProfileRow {
  readonly tag: string;
  readonly vr: string;
  readonly action: Action;
  /** Options that keep the attribute. */
  readonly keptBy: readonly string[];
  readonly name: string;
}

type RawRow = readonly [tag: string, vr: string, action: Action, keptBy: string, name: string];

const load = createRequire(import.meta.url);

/**
 * References to instances and spaces that the table does not name, which would lead back to the original; names of persons
 * that it does not name, told by their representation where that is written, by this list where it is not.
 */
const furtherRows: readonly RawRow[] = [
  ['00140104', 'PN', 'Z', '', 'Secondary Reviewer Name'],
  ['00142006', 'PN', 'Z', '', 'Evaluator Name'],
  ['0040A067', 'PN', 'Z', '', 'Document Author (Trial)'],
  ['00081167', 'UI', 'U', 'uids', 'Multi-frame Source SOP Instance UID'],
  ['00083012', 'UI', 'U', 'uids', 'Radiopharmaceutical Administration Event UID'],
  ['0018991E', 'UI', 'U', 'uids', 'Target Frame of Reference UID'],
  ['00200242', 'UI', 'U', 'uids', 'SOP Instance UID of Concatenation Source'],
  ['00209312', 'UI', 'U', 'uids', 'Volume Frame of Reference UID'],
  ['00209313', 'UI', 'U', 'uids', 'Table Frame of Reference UID'],
  ['00280304', 'UI', 'U', 'uids', 'Referenced Color Palette Instance UID'],
  ['0070031B', 'UI', 'U', 'uids', 'Referenced Fiducial UID'],
  ['00701209', 'UI', 'U', 'uids', 'Volumetric Presentation Input Set UID'],
  ['300A0675', 'UI', 'U', 'uids', 'Equipment Frame of Reference UID'],
];

/** The table, by tag as eight hexadecimal digits. */
export interface ConfidentialityProfile {
  /** The row of a standard tag; a repeating group has one row for all its members. */
  row(tag: number): ProfileRow | undefined;
  /** All rows, of the table and beyond it. */
  readonly rows: readonly ProfileRow[];
  /** True for a private element that PS3.15 table E.3.10-1 lists as safe. */
  isSafePrivate(creator: string, tag: number): boolean;
}

/** Reads the tables that are shipped beside this file. */
export function loadConfidentialityProfile(): ConfidentialityProfile {
  const table = load('./confidentiality-profile.json') as { readonly rows: readonly RawRow[] };
  const safe = load('./safe-private-attributes.json') as {
    readonly rows: readonly (readonly [string, string, string])[];
  };
  const rows = [...table.rows, ...furtherRows].map(
    ([tag, vr, action, keptBy, name]): ProfileRow => ({
      tag,
      vr,
      action,
      keptBy: keptBy.split(' ').filter(Boolean),
      name,
    }),
  );
  const byTag = new Map(rows.map((row) => [row.tag, row]));
  const safeElements = new Set(
    safe.rows.flatMap(([creator, group, ends]) => ends.split(' ').map((end) => `${creator} ${group} ${end}`)),
  );
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
  return {
    rows,
    row: (tag) => {
      const group = tag >>> 24;
      if (group === 0x50) return byTag.get('50XXXXXX');
      // Without its bits an overlay is nothing, so all of its group goes with them.
      if (group === 0x60) return byTag.get('60XX3000');
      return byTag.get(hex(tag, 8));
    },
    isSafePrivate: (creator, tag) => safeElements.has(`${creator} ${hex(tag >>> 16, 4)} ${hex(tag & 0xff, 2)}`),
  };
}
