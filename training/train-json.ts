import type { BundleManifest, ModelBundle } from './bundle/index.js';
import type { ReportData } from './report/report-data.js';

/** The one JSON document of a training. */
export interface TrainJson {
  readonly dataset: Pick<
    ReportData['dataset'],
    'patients' | 'features' | 'events' | 'complete' | 'incomplete' | 'perModality' | 'leftOut' | 'unusable'
  >;
  readonly model: {
    readonly id: string;
    readonly recipe: string;
    readonly seed: number;
    readonly modalities: readonly string[];
    /** Patients the model was fitted on. */
    readonly trainedOn: number;
    /** Inputs of the fitted models, behind the steps. */
    readonly boosterInputs: number;
    readonly threshold: number | null;
    /** What was chosen inside the training: penalties, rounds, who computed the PCA. */
    readonly chosen: BundleManifest['chosen'];
    readonly xgboostVersion: string;
  };
  readonly metrics: ReportData['metrics'];
  readonly baseline: ReportData['baseline'];
  readonly holdout: ReportData['holdout'];
  readonly evaluation: string;
  readonly excluded: ReportData['excluded'];
  readonly warnings: readonly string[];
}

export function trainJson({ manifest }: ModelBundle, report: ReportData): TrainJson {
  const { patients, features, events, complete, incomplete, perModality, leftOut, unusable } = report.dataset;
  return {
    dataset: { patients, features, events, complete, incomplete, perModality, leftOut, unusable },
    model: {
      id: manifest.modelId,
      recipe: manifest.recipe,
      seed: manifest.trainedOn.seed,
      modalities: manifest.trainedOn.modalities,
      trainedOn: manifest.trainedOn.patients,
      boosterInputs: manifest.members.reduce((sum, { inputs }) => sum + inputs.length, 0),
      threshold: manifest.threshold,
      chosen: manifest.chosen,
      xgboostVersion: manifest.lineage.xgboostVersion,
    },
    metrics: report.metrics,
    baseline: report.baseline,
    holdout: report.holdout,
    evaluation: report.evaluation,
    excluded: report.excluded,
    warnings: report.warnings,
  };
}

/** A trained model with all that is said of it. */
export interface TrainResult {
  readonly bundle: ModelBundle;
  readonly reportData: ReportData;
  /** What `train --json` prints. */
  readonly json: TrainJson;
}
