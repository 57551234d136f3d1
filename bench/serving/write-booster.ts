import { saveBundle, sealBundle } from '../../training/bundle/folder.js';
import type { BundleManifest, Step } from '../../training/bundle/index.js';

/** What differs between the models that the benches serve. */
export interface BoosterParts {
  readonly columns: readonly { readonly group: string; readonly feature: string }[];
  readonly ranges: BundleManifest['ranges'];
  readonly steps: readonly Step[];
  /** Inputs of the booster, which `steps` makes of the columns. */
  readonly inputs: readonly string[];
  /** XGBoost's own JSON, parsed. */
  readonly model: unknown;
  readonly threshold: number;
}

/** Writes a model of one booster that tells a probability; nothing is known of its training. */
export async function writeBooster(folder: string, parts: BoosterParts): Promise<void> {
  const { columns, ranges, steps, inputs, model, threshold } = parts;
  const sealed = sealBundle({
    task: { kind: 'status' },
    recipe: 'default',
    columns: columns.map((column) => ({ ...column, version: 1, role: 'feature', unit: '1' })),
    ranges,
    members: [{ name: 'all', weight: 1, steps, inputs, model: { kind: 'booster', json: model } }],
    answer: { kind: 'probability', slope: 1, intercept: 0 },
    threshold,
    riskGroups: null,
    chosen: {},
    trainedOn: { datasetDigest: '', patients: 0, events: 0, modalities: ['genomic', 'clinical', 'imaging'], seed: 0 },
    metrics: {},
    baseline: {},
    warnings: [],
    lineage: { groups: [], thoracleVersion: '', xgboostVersion: '' },
  });
  await saveBundle(folder, sealed);
}
