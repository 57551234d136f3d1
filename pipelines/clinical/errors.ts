/** Everything that can be wrong with a clinical table, by stable code. */
export const clinicalErrors = {
  CLINICAL_UNREADABLE: (file: string, reason: string) => `Cannot read the clinical table "${file}": ${reason}`,
  CLINICAL_BAD_GZIP: (file: string) =>
    `"${file}" starts like a gzip file but cannot be decompressed (damaged or cut off)`,
  CLINICAL_BAD_CSV: (file: string, line: number) =>
    `"${file}" is not valid CSV near line ${line}: the quotes do not match`,
  CLINICAL_RAGGED: (file: string, line: number, found: number, expected: number) =>
    `"${file}" line ${line} has ${found} cells, the header has ${expected}; every line must have as many as the header`,
  CLINICAL_NO_ROWS: (file: string) => `"${file}" has no row of a patient`,
  CLINICAL_NO_ID_COLUMN: (file: string, found: string) =>
    `"${file}" has no column "Case ID" or "Patient ID"; its first columns are ${found}`,
  CLINICAL_TWO_ID_COLUMNS: (file: string) => `"${file}" has both a "Case ID" and a "Patient ID" column; keep one`,
  CLINICAL_DUPLICATE_COLUMN: (file: string, header: string) => `"${file}" has more than one column "${header}"`,
  CLINICAL_NO_ID: (file: string, line: number) => `"${file}" line ${line}: the patient id is empty`,
  CLINICAL_DUPLICATE_ID: (file: string, id: string, first: number, second: number) =>
    `"${file}": patient ${id} occurs twice, in lines ${first} and ${second}`,
  CLINICAL_NOT_A_NUMBER: (file: string, line: number, id: string, column: string, text: string) =>
    `"${file}" line ${line} (${id}): column "${column}" holds "${text}", which is neither a number nor a spelling of missing`,
  CLINICAL_NOT_A_DATE: (file: string, line: number, id: string, column: string, text: string) =>
    `"${file}" line ${line} (${id}): column "${column}" holds "${text}", which is neither a date (M/D/YYYY or YYYY-MM-DD) nor a spelling of missing`,
  CLINICAL_BAD_SETTING: (what: string) => `Clinical settings: ${what}`,
} as const;

/** A bad clinical table or setting; the message is one sentence for a person. */
export class ClinicalError extends Error {
  constructor(
    readonly code: keyof typeof clinicalErrors,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ClinicalError';
  }
}

/** A cell as it may be shown in a message. */
export function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
