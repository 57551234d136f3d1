/** Every error of the store: a stable code and the one sentence that a person reads. */
export const storeErrors = {
  STORE_BAD_OPTIONS: (what: string) => `The options of the store are wrong: ${what}`,
  STORE_BAD_NAME: (what: 'group' | 'feature', name: string) =>
    `The ${what} name ${JSON.stringify(name)} is not 1 to 64 characters of letters, digits, "-" and "_"`,
  STORE_NAME_CLASH: (what: string, a: string, b: string) =>
    `The ${what} ${JSON.stringify(a)} clashes with ${JSON.stringify(b)}: SQL names do not tell upper from lower case`,
  STORE_RESERVED_NAME: (group: string, feature: string) =>
    `Group "${group}": the feature name "${feature}" is taken by a bookkeeping column of the group's history`,
  STORE_BAD_GROUP: (group: string, what: string) => `Group "${group}" cannot be registered: ${what}`,
  STORE_GROUP_CHANGED: (group: string, version: number, changes: string) =>
    `Group "${group}" differs from its version ${version} in what a feature means: ${changes}; give the feature another name`,
  STORE_GROUP_EXISTS: (group: string) => `There is a feature group "${group}" already`,
  STORE_BAD_SETTINGS: (group: string, what: string) => `The settings of group "${group}" are wrong: ${what}`,
  STORE_NOT_CONFIRMED: (group: string, given: string) =>
    `Group "${group}" was not deleted: the confirmation is ${JSON.stringify(given)}, expected the name of the group`,
  STORE_NOT_ONLINE: (group: string) =>
    `Group "${group}" keeps no latest records (its setting "online" is off); read its history, or switch the setting on and write again`,
  STORE_UNKNOWN_GROUP: (group: string, known: string) => `There is no feature group "${group}"; known: ${known}`,
  STORE_UNKNOWN_VERSION: (group: string, version: number, newest: number) =>
    `Group "${group}" has no version ${version}; its versions are 1 to ${newest}`,
  STORE_UNKNOWN_FEATURE: (group: string, version: number, feature: string, nearest: string) =>
    `Group "${group}" version ${version} has no feature "${feature}"; nearest: ${nearest}`,
  STORE_BAD_VALUE: (group: string, feature: string, what: string) =>
    `The record cannot be written to group "${group}": "${feature}" ${what}`,
  STORE_BAD_TABLE: (group: string, what: string) => `The table of group "${group}" cannot be ingested: ${what}`,
  STORE_BAD_ROW: (group: string, row: number, what: string) =>
    `The table of group "${group}" cannot be ingested: row ${row} ${what}`,
  STORE_DUPLICATE_ROW: (group: string, row: number, first: number, id: string, eventTime: string) =>
    `The table of group "${group}" cannot be ingested: row ${row} has the record id "${id}" and event time ${eventTime} of row ${first} but other values`,
  STORE_CONFLICT: (group: string, row: number, id: string, eventTime: string, what: string) =>
    `The table of group "${group}" cannot be ingested: row ${row} has the record id "${id}" and event time ${eventTime}, which the store holds with other values: ${what}`,
  STORE_BAD_RULE: (group: string, what: string) => `The rules for the table of group "${group}" are wrong: ${what}`,
  STORE_INVALID_ROWS: (group: string, count: number, what: string) =>
    `The table of group "${group}" cannot be ingested: ${count} rows break its rules; ${what}`,
  STORE_MISSING_RATE: (group: string, feature: string, found: string, most: string) =>
    `The table of group "${group}" cannot be ingested: ${found} of the values of "${feature}" are missing, at most ${most} may be`,
  STORE_WAIT_TIME: (group: string, count: number, wanted: number, seconds: number) =>
    `Group "${group}" has ${count} records after ${seconds} s, expected ${wanted}`,
  STORE_UNDETECTED_TYPE: (column: string, what: string) => `The type of column "${column}" cannot be detected: ${what}`,
  STORE_BAD_SPEC: (what: string) => `The dataset cannot be built: ${what}`,
  STORE_NOT_NUMERIC: (group: string, feature: string) =>
    `The dataset cannot be built: feature "${feature}" of group "${group}" is text, expected numbers`,
  STORE_BAD_OUTCOME: (group: string, column: string, patient: string, value: string) =>
    `The dataset cannot be built: column "${column}" of group "${group}" has the value ${value} for patient "${patient}", expected 0 or 1`,
  STORE_HISTORY_GONE: (group: string, found: number, wanted: number) =>
    `The dataset cannot be built: the history of group "${group}" has lines up to ${found}, the dataset was made of lines up to ${wanted}; the group was deleted, or the store was restored from before`,
  STORE_DATASET_DIFFERS: (found: string, wanted: string) =>
    `The rebuilt dataset differs: it has ${found}, expected ${wanted}; the history it was made of is no longer there (a group was deleted with its history and filled again)`,
  STORE_QUERY_REFUSED: (what: string) => `The query was refused: ${what}; only one reading statement is allowed`,
  STORE_QUERY_FAILED: (what: string) => `The query failed: ${what}`,
  STORE_QUERY_TIME: (seconds: number) => `The query was stopped after ${seconds} s`,
  STORE_QUERY_SIZE: (rows: number, columns: number, most: number) =>
    `The query gives ${rows} rows of ${columns} columns, more than ${most} values; add a condition or a LIMIT`,
  STORE_BAD_PARAMETER: (what: string) => `The query failed: ${what}`,
  STORE_BAD_EXPORT: (file: string, what: string) => `Cannot write "${file}": ${what}`,
  STORE_BAD_STATISTICS: (what: string) => `The statistics cannot be made: ${what}`,
  STORE_BAD_ARCHIVE: (place: string, what: string) => `Cannot restore from "${place}": ${what}`,
  STORE_NOT_EMPTY: (what: string) => `The store already holds ${what}; nothing was restored`,
  STORE_READ_ONLY: () => 'The store was opened for reading only',
  STORE_CLOSED: () => 'The store is closed',
  STORE_NO_FOLDER: (file: string, folder: string) =>
    `Cannot open the store "${file}": the folder "${folder}" does not exist`,
  STORE_NOT_WRITABLE: (file: string, what: string) => `Cannot open the store "${file}": ${what}`,
  STORE_NO_FILE: (file: string) => `Cannot open the store "${file}" for reading: there is no such file`,
  STORE_NOT_A_STORE: (file: string, what: string) => `Cannot open the store "${file}": ${what}`,
  STORE_LOCKED: (file: string, by: string) => `Cannot open the store "${file}": it is open in ${by}`,
  STORE_NEWER_FORMAT: (file: string, found: string, known: string) =>
    `Cannot open the store "${file}": it was written by a newer version (format ${found}, this one knows up to ${known})`,
  STORE_OLDER_FORMAT: (file: string, found: string, known: string) =>
    `Cannot open the store "${file}" for reading: its format ${found} is older than ${known}; open it for writing once to bring it up to date`,
  STORE_BAD_TABLE_FILE: (file: string, what: string) => `The table "${file}" cannot be read: ${what}`,
  STORE_BAD_KEYS: (file: string, what: string) => `The access keys in "${file}" cannot be used: ${what}`,
  STORE_CONNECTION: (what: string) =>
    `The connection to the database failed: ${what}; rows that were not acknowledged may be sent again, those that are there count as unchanged`,
  STORE_TLS: (place: string, what: string) => `Cannot connect to "${place}" by TLS: ${what}`,
  STORE_LOGIN: (place: string, what: string) => `The server of "${place}" refused the login: ${what}`,
  STORE_NOT_ALLOWED: (what: string) => `The database refused it to this user: ${what}`,
  STORE_DISK_FULL: (what: string) => `The disk of the database is full: ${what}; nothing of the batch was written`,
  STORE_BAD_TEXT: (what: string) =>
    `A text holds the character NUL or is not valid Unicode, which PostgreSQL cannot hold: ${what}`,
  STORE_ENGINE: (what: string) => `The database engine failed: ${what}`,
} as const;

export type StoreErrorCode = keyof typeof storeErrors;

/** What every method of the store throws; `message` is one sentence. */
export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** Builds the error of a code from the catalogue's own sentence. */
export function storeError<Code extends StoreErrorCode>(
  code: Code,
  ...args: Parameters<(typeof storeErrors)[Code]>
): StoreError {
  const sentence = storeErrors[code] as (...parts: typeof args) => string;
  return new StoreError(code, sentence(...args));
}
