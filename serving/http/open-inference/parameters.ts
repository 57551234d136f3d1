import { ServingError, servingErrors } from '../../errors.js';

/** Where parameters stand in a request. */
export type ParameterPlace = 'request' | 'input' | 'output';

/**
 * Parameters of the protocol's extensions that this server does not have (https://github.com/triton-inference-server/server, docs/protocol: binary tensor data,
 * classification, shared memory), where they stand. All others are notes between a client and a model that knows them, and are passed over.
 */
const extensions: Readonly<Record<ParameterPlace, Readonly<Record<string, string>>>> = {
  request: { binary_data_output: 'binary tensor data' },
  input: {
    binary_data_size: 'binary tensor data',
    shared_memory_region: 'shared memory',
  },
  output: {
    binary_data: 'binary tensor data',
    shared_memory_region: 'shared memory',
    classification: 'classification',
  },
};

/**
 * Refuses what would change the answer and is not offered; `false` asks for nothing.
 * @throws ServingError SERVING_BAD_INFER
 */
export function checkParameters(parameters: unknown, place: ParameterPlace, where: string): void {
  if (parameters === undefined) return;
  if (parameters === null || typeof parameters !== 'object' || Array.isArray(parameters)) {
    throw bad(`${where} is no object`);
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value === false || !Object.hasOwn(extensions[place], name)) continue;
    throw bad(`${where} asks for ${extensions[place][name]} by "${name}", which is not offered; leave it out`);
  }
}

function bad(what: string): ServingError {
  return new ServingError('SERVING_BAD_INFER', servingErrors.SERVING_BAD_INFER(what));
}
