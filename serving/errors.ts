/** What can go wrong between a request (or a file) and the predictor; code -> sentence. */
export const servingErrors = {
  SERVING_BAD_CSV: (what: string) => `The CSV cannot be parsed: ${what}`,
  SERVING_BAD_JSON: (what: string) => `The JSON cannot be parsed: ${what}`,
  SERVING_BAD_SHAPE: (found: string) =>
    `The JSON is ${found}; expected {"instances": [record, …]}, a list of records or one record`,
  SERVING_BAD_ENVIRONMENT: (name: string, expected: string) => `The environment variable ${name} is not ${expected}`,
  SERVING_NO_ROWS: () => 'The input holds no rows',
  SERVING_UNKNOWN_FORMAT: (file: string) => `"${file}" is neither .csv, .json nor .jsonl`,
  SERVING_NOT_ACCEPTABLE: (offered: readonly string[]) => `The answer can be ${offered.join(' or ')}, nothing else`,
  SERVING_UNSUPPORTED_MEDIA_TYPE: (expected: readonly string[]) => `The body must be ${expected.join(' or ')}`,
  SERVING_BODY_TOO_LARGE: (limit: number) => `The body is larger than ${limit} bytes; send fewer rows at a time`,
  SERVING_COMPRESSED_BODY: () => 'The body must be sent as it is, without Content-Encoding',
  SERVING_CHARSET: (found: string) => `The body is said to be in ${found}; expected utf-8`,
  SERVING_TOO_MANY_ROWS: (found: number, most: number) =>
    `The body holds ${found} rows; at most ${most} are answered at a time`,
  SERVING_BAD_REQUEST: () => 'The request cannot be understood',
  SERVING_REQUEST_TIMEOUT: () => 'The request did not arrive in time',
  SERVING_HTTP_VERSION: () => 'Only HTTP/1.1 and HTTP/1.0 are spoken here',
  SERVING_HEADERS_TOO_LARGE: () => 'The headers of the request are too large',
  SERVING_BAD_CASES: (what: string) =>
    `The body must be {"cases": ["<patient id>", …]} or {"records": [{…}, …]}: ${what}`,
  SERVING_NO_STORE: () => 'This server has no feature store, so it knows no patients; send records',
  SERVING_UNKNOWN_CASE: (id: string, groups: readonly string[]) =>
    `The store holds no record of patient "${id}" in ${groups.join(', ')}`,
  SERVING_GROUP_MISSING: (group: string) => `The model was trained on group "${group}", which this store does not hold`,
  SERVING_GROUP_CHANGED: (group: string, id: string, found: number, expected: number) =>
    `Group "${group}" holds the latest record of patient "${id}" at version ${found}, but the model was trained on version ${expected}; train again, or run with the settings of version ${expected}`,
  SERVING_GROUP_VERSIONS: (group: string, versions: readonly number[]) =>
    `The model names versions ${versions.join(' and ')} of group "${group}"; a patient has one latest record only`,
  SERVING_CASE_NOT_NUMERIC: (group: string, feature: string, id: string, found: string) =>
    `Group "${group}", column "${feature}", patient "${id}": found ${found}, expected a number`,
  SERVING_CASE_UNUSABLE: (id: string, column: string, reason: string) => `Patient "${id}", ${column}: ${reason}`,
  SERVING_NOT_FOUND: (path: string) => `There is nothing at ${path}`,
  SERVING_METHOD: (path: string, allowed: readonly string[]) => `${path} answers ${allowed.join(', ')} only`,
  SERVING_BAD_MODEL_NAME: () =>
    'A model is named by letters, digits, ".", "_" and "-", in parts separated by "/" that begin with a letter or digit; at most 256 characters',
  SERVING_MODEL_NOT_FOUND: (name: string, version?: string) =>
    `No model "${name}"${version === undefined ? '' : `, version "${version}",`} is loaded`,
  SERVING_MODEL_LOADED: (name: string) => `A model "${name}" is loaded already`,
  SERVING_MODEL_CURRENT: (name: string, version?: string) =>
    `Version "${version ?? ''}" of model "${name}" is the one that answers; make another one current first`,
  SERVING_MODEL_SOURCE: (why: string) => `The model cannot be loaded: ${why}`,
  SERVING_BAD_LOAD: (what: string) => `The body must be {"model_name": "…", "url": "…"}: ${what}`,
  SERVING_BAD_ENDPOINTS: (file: string, where: string, what: string) =>
    `The endpoints in ${file} cannot be used: ${where} ${what}`,
  SERVING_BAD_ENDPOINT_REQUEST: (what: string) => `The endpoint cannot be invoked: ${what}`,
  SERVING_SHADOW_COLUMNS: (variant: string) =>
    `Shadow variant "${variant}" takes other columns than the model that answered`,
  SERVING_BAD_INFER: (what: string) => `The inference request cannot be used: ${what}`,
  SERVING_BAD_TENSOR: (tensor: string, what: string) => `"${tensor}" ${what}`,
  SERVING_BAD_LIST: (what: string) => `The list cannot be given: ${what}`,
  SERVING_NOT_READY: (what: string) => `The server is not ready: ${what}`,
  SERVING_NO_CARD: (name: string) => `Model "${name}" came without a model card`,
  SERVING_NO_MODEL: () => 'This server has no model of its own; name one of those that GET /models lists',
  SERVING_NO_MEMORY: (name: string, bytes: number, limit: number) =>
    `Model "${name}" takes ${bytes} bytes, which do not fit beside the loaded ones into ${limit}; unload one first`,
  SERVING_INTERNAL: () => 'The server failed on this request; its log says why',
  SERVING_PORT_TAKEN: (port: number, host: string) =>
    `Port ${port} on ${host} is in use; stop what uses it or choose another port`,
  SERVING_PORT_FORBIDDEN: (port: number, host: string) =>
    `This user may not listen on port ${port} of ${host}; choose a port above 1023`,
  SERVING_BAD_HOST: (host: string) => `"${host}" is not an address of this machine`,
  SERVING_UNAUTHENTICATED: () => 'Say who asks: send "Authorization: Bearer KEY" with an API key or a token',
  SERVING_BAD_CREDENTIAL: (kind: string, why: string) => `The ${kind} is not accepted: ${why}`,
  SERVING_FORBIDDEN: (needed: string, has: readonly string[]) =>
    `This needs the scope "${needed}"; this caller has ${has.length === 0 ? 'none' : has.join(', ')}`,
  SERVING_RATE_LIMIT: (most: number, seconds: number) =>
    `More than ${most} requests in a minute; come again in ${seconds} s`,
  SERVING_OVERLOADED: (seconds: number) => `The server is overloaded; come again in ${seconds} s`,
  SERVING_TOO_DEEP: (most: number) => `The JSON is nested more than ${most} levels deep`,
  SERVING_BAD_KEY_FILE: (file: string, what: string) => `The API keys in "${file}" cannot be used: ${what}`,
  SERVING_UNKNOWN_KEY: (file: string, id: string) => `"${file}" holds no API key "${id}"`,
  SERVING_BAD_JWKS: (file: string, what: string) => `The key set in "${file}" cannot be used: ${what}`,
  SERVING_BAD_TLS: (what: string) => `The connection cannot be encrypted: ${what}`,
  SERVING_OPEN_ADDRESS: (host: string) =>
    `Others can reach ${host}, and nobody would be asked who they are; give --keys or --jwks, or say --no-auth`,
  SERVING_AUDIT_FILE: (file: string, what: string) => `The audit log "${file}" cannot be used: ${what}`,
  SERVING_AUDIT_BROKEN: (file: string, line: number, what: string) => `"${file}", line ${line}: ${what}`,
  SERVING_REGISTRY: (what: string) => `The registry of models cannot be used: ${what}`,
  SERVING_REGISTERED: (name: string, version: string) => `The same model is version "${version}" of "${name}" already`,
  SERVING_UNKNOWN_VERSION: (name: string, version?: string) =>
    version === undefined
      ? `The registry holds no model "${name}"`
      : `The registry holds no version "${version}" of model "${name}"`,
  SERVING_NO_ROLLBACK: (name: string) => `No version of model "${name}" was in production before the present one`,
  SERVING_CAPTURE: (what: string) => `Requests cannot be captured: ${what}`,
  SERVING_VERSION_IN_PRODUCTION: (name: string, version: string) =>
    `Version "${version}" of model "${name}" is in production; promote another one first`,
  SERVING_BAD_CHANGE: (what: string) =>
    `A change of the registry is a POST of application/json with the body {}: ${what}`,
  SERVING_BATCH_INPUT: (file: string, what: string) => `"${file}" cannot be predicted for: ${what}`,
  SERVING_BATCH_COLUMNS: (file: string, what: string) => `The columns of "${file}" do not fit the model: ${what}`,
  SERVING_BATCH_OUTPUT: (file: string, what: string) => `The predictions cannot be written to "${file}": ${what}`,
  SERVING_BATCH_RESUME: (file: string, what: string) => `The job that writes "${file}" cannot go on: ${what}`,
  SERVING_PROCESS_ENDED: (number: number, how: number | string) =>
    `Process ${number} of the server ended (${how}) before it listened`,
  SERVING_PROCESSES_FAILED: (how: number | string) =>
    `The server stops: processes that it starts end again and again before they listen (the last one: ${how})`,
  SERVING_JOBS_FULL: (seconds: number) => `The server keeps as many jobs as it can; come again in ${seconds} s`,
  SERVING_JOB_NOT_FOUND: () => 'There is no such job of this caller; it may have been kept for its time',
  SERVING_JOB_NOT_DONE: (status: string) => `The job is ${status}; ask for its result when it is done or failed`,
  SERVING_JOB_LOST: (times: number) => `The job was given up: the server ended ${times} times while it ran`,
  SERVING_JOB_STORE: (what: string) => `The job cannot be kept: ${what}`,
  SERVING_JOBS_FOLDER: (folder: string, what: string) => `Jobs cannot be kept in "${folder}": ${what}`,
  SERVING_BAD_PORT: (port: number) => `Port ${port} does not exist; expected 0 (any free port) to 65535`,
} as const;

export type ServingErrorCode = keyof typeof servingErrors;

/** A request, a file or a store that cannot be answered; a row's own trouble is a `PredictError`. */
export class ServingError extends Error {
  constructor(
    readonly code: ServingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ServingError';
  }
}

/** Builds the error of a code from the catalogue's own sentence. */
export function servingError<Code extends ServingErrorCode>(
  code: Code,
  ...args: Parameters<(typeof servingErrors)[Code]>
): ServingError {
  const sentence = servingErrors[code] as (...parts: typeof args) => string;
  return new ServingError(code, sentence(...args));
}
