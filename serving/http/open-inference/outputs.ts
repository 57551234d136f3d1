import type { BundleManifest } from '../../../training/bundle/index.js';
import { ServingError, servingErrors } from '../../errors.js';
import type { Prediction } from '../../predict/index.js';
import { checkParameters } from './parameters.js';

/** An output of a model: a value for each row; null where the model cannot say. */
interface Output {
  readonly name: string;
  readonly datatype: 'FP64' | 'INT64' | 'BYTES';
  readonly of: (prediction: Prediction) => number | string | null;
  /** Which models give it; all when absent. */
  readonly when?: (manifest: BundleManifest) => boolean;
}

const isProbability = ({ answer }: BundleManifest): boolean => answer.kind === 'probability';

/** What models give, in the order of the reply. Lists of names are JSON text, since a tensor holds no lists. */
const table: readonly Output[] = [
  { name: 'probability', datatype: 'FP64', of: ({ probability }) => probability, when: isProbability },
  { name: 'label', datatype: 'INT64', of: ({ label }) => label, when: isProbability },
  { name: 'score', datatype: 'FP64', of: ({ score }) => score, when: (manifest) => !isProbability(manifest) },
  {
    name: 'medianSurvivalDays',
    datatype: 'FP64',
    of: ({ medianSurvivalDays }) => medianSurvivalDays,
    when: (manifest) => !isProbability(manifest),
  },
  { name: 'risk', datatype: 'FP64', of: ({ risk }) => risk },
  {
    name: 'riskGroup',
    datatype: 'BYTES',
    of: ({ riskGroup }) => riskGroup,
    when: ({ riskGroups }) => riskGroups !== null,
  },
  { name: 'imputed', datatype: 'BYTES', of: ({ imputed }) => JSON.stringify(imputed) },
  { name: 'outOfRange', datatype: 'BYTES', of: ({ outOfRange }) => JSON.stringify(outOfRange) },
];

/** The outputs of a model. */
export function outputsOf(manifest: BundleManifest): readonly Output[] {
  return table.filter(({ when }) => when?.(manifest) ?? true);
}

/** The outputs that a request names, all when it names none. @throws ServingError SERVING_BAD_INFER */
export function chosenOutputs(requested: unknown, outputs: readonly Output[]): readonly Output[] {
  if (requested === undefined) return outputs;
  if (!Array.isArray(requested) || requested.length > outputs.length) throw bad('"outputs" is no list of them');
  if (requested.length === 0) return outputs;
  const chosen = requested.map((entry: unknown, i) => {
    const { name, parameters } = (entry ?? {}) as { readonly name?: unknown; readonly parameters?: unknown };
    const output = outputs.find((known) => known.name === name);
    if (output === undefined) throw bad(`an output is none of ${outputs.map((known) => known.name).join(', ')}`);
    checkParameters(parameters, 'output', `"parameters" of outputs[${i}]`);
    return output;
  });
  if (new Set(chosen).size < chosen.length) throw bad('an output is named twice');
  return chosen;
}

/** Tensors of a reply. */
export function outputTensors(chosen: readonly Output[], predictions: readonly Prediction[]): readonly object[] {
  const shape = [predictions.length];
  return chosen.map(({ name, datatype, of }) => ({ name, datatype, shape, data: predictions.map(of) }));
}

function bad(what: string): ServingError {
  return new ServingError('SERVING_BAD_INFER', servingErrors.SERVING_BAD_INFER(what));
}
