/** Every way the command line itself refuses: stable code -> sentence. */
export const cliErrors = {
  CLI_UNKNOWN_RECORD: (group: string, id: string) => `Group "${group}" holds no record of "${id}"`,
  CLI_NO_SUBJECT: (subjects: readonly string[]) =>
    `The cohort holds nothing to run for ${subjects.slice(0, 3).join(', ')}${subjects.length > 3 ? ', …' : ''}`,
  CLI_CANCELLED: () => 'The run was given up; what it had written stays in the store',
  CLI_OPTIONS_CLASH: (what: string) => what,
  CLI_MODEL_FORM: (file: string, form: string) =>
    form === 'legacy binary'
      ? `"${file}" is in XGBoost's old binary format, which is not served; save it as JSON with the XGBoost that made it (save_model('xgboost-model.json')) and serve that`
      : `"${file}" is a ${form}, which is not served as it is; make a model of it first: thoracle model import ${file} --out DIR, then thoracle serve --model DIR`,
  CLI_OUT_EXISTS: (path: string, expected: string) => `${path} exists; expected ${expected}`,
  CLI_NOT_CONFIRMED: (what: string) => `Nothing was deleted: ${what} would go for good; run again with --yes`,
  CLI_NO_KEYS: (variables: readonly string[]) =>
    `Nobody could call: give --keys FILE (made by "thoracle store access-key FILE") or set ${variables.join(' and ')}`,
  CLI_BAD_TABLE_FILE: (file: string, what: string) => `Cannot ingest "${file}": ${what}`,
  CLI_BAD_SPEC_FILE: (file: string, what: string) => `Cannot read what to join from "${file}": ${what}`,
  CLI_NO_DATASET: (run: string) =>
    `Run ${run} does not say what its dataset is rebuilt from: it is no training, or was remembered before the store kept that`,
  CLI_BAD_RULES: (file: string, what: string) => `The rules in "${file}" cannot be used: ${what}`,
  CLI_NO_SERVER: (url: string, what: string) => `"${url}" is no server that can be tested: ${what}`,
  CLI_DEMO_REQUEST: (what: string, status: number, body: string) =>
    `The demo's ${what} was answered ${status}: ${body}`,
} as const;

/** A refusal by the command line; `code` is stable, `message` is one sentence. */
export class CliError extends Error {
  constructor(
    readonly code: keyof typeof cliErrors,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}
