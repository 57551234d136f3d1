import type { Step } from '../../training/bundle/index.js';
import { Booster, DMatrix, loadNativeLibrary } from '../../training/index.js';
import { writeBooster } from './write-booster.js';

/** Inputs of the booster, its trees and their depth. */
export const modelSize = { inputs: 65, trees: 100, depth: 6 } as const;
/** Columns of a record of all three modalities. */
export const recordColumns = 215;

/** Numbers in [0, 1), the same for the same seed. */
export function uniformNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 2 ** 31;
  };
}

/** A booster trained on noise with some signal, as the bytes of XGBoost's own JSON. */
export function trainedBooster(seed: number): Uint8Array {
  const { inputs: p, trees, depth } = modelSize;
  const uniform = uniformNumbers(seed);
  const n = 2000;
  const values = Float32Array.from({ length: n * p }, () => (uniform() < 0.05 ? Number.NaN : uniform()));
  const label = Float32Array.from({ length: n }, (_, i) =>
    (values[i * p] || 0.5) + (values[i * p + 1] || 0.5) * uniform() > 0.8 ? 1 : 0,
  );
  const library = loadNativeLibrary();
  using train = new DMatrix(library, { values, n, p }, { label });
  const parameters = {
    objective: 'binary:logistic',
    eta: 0.1,
    maxDepth: depth,
    minChildWeight: 0,
    treeMethod: 'hist',
  } as const;
  using booster = Booster.train(library, { parameters, rounds: trees, seed: 0, train });
  return booster.save();
}

/** Writes a model of 65 columns that go to the trees as they are. */
export async function writeColumnModel(folder: string, model: Uint8Array): Promise<void> {
  await writeModel(folder, model, modelSize.inputs, []);
}

/** Writes a model of 215 columns that are imputed, scaled and projected on 65 components. */
export async function writeRecordModel(folder: string, model: Uint8Array): Promise<void> {
  const uniform = uniformNumbers(5);
  const columns = Array.from({ length: recordColumns }, (_, i) => i);
  const components = Array.from({ length: modelSize.inputs }, () => columns.map(() => (uniform() - 0.5) / 4));
  await writeModel(folder, model, recordColumns, [
    { kind: 'impute', values: columns.map(() => 0.5) },
    { kind: 'scale', mean: columns.map(uniform), scale: columns.map(() => 1) },
    {
      kind: 'pca',
      inputs: recordColumns,
      components,
      explainedVarianceRatio: components.map(() => 1 / components.length),
    },
  ]);
}

async function writeModel(folder: string, model: Uint8Array, width: number, steps: readonly Step[]): Promise<void> {
  const columns = Array.from({ length: width }, (_, i) => ({
    group: ['genomic', 'clinical', 'imaging'][i % 3] as string,
    feature: `feature_${i}`,
  }));
  const inputs = Array.from({ length: modelSize.inputs }, (_, i) => (steps.length > 0 ? `PC${i + 1}` : `feature_${i}`));
  await writeBooster(folder, {
    columns,
    ranges: columns.map(() => [0, 1] as const),
    steps,
    inputs,
    model: JSON.parse(Buffer.from(model).toString()),
    threshold: 0.5,
  });
}

/** Rows of CSV, one a body; a twentieth of the cells is empty. */
export function csvBodies(count: number): readonly string[] {
  const uniform = uniformNumbers(11);
  const cell = (): string => (uniform() < 0.05 ? '' : uniform().toFixed(6));
  return Array.from({ length: count }, () => Array.from({ length: modelSize.inputs }, cell).join(','));
}

/** Records of JSON by name, one a body; a twentieth of the values is left out. */
export function recordBodies(count: number): readonly string[] {
  const uniform = uniformNumbers(12);
  return Array.from({ length: count }, () => {
    const record: { [name: string]: number } = {};
    for (let i = 0; i < recordColumns; i++)
      if (uniform() >= 0.05) record[`feature_${i}`] = Number(uniform().toFixed(6));
    return JSON.stringify(record);
  });
}
