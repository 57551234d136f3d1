import type { ModelTask } from '../../../training/bundle/index.js';

/** A number that a model takes. */
export interface NumberField {
  readonly kind: 'number';
  /** Column of the model. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  readonly description: string;
  /** UCUM-like, `1` when dimensionless. */
  readonly unit: string;
  /** Smallest and largest value in training; null: never seen. */
  readonly range: readonly [number, number] | null;
  /** What the model fills in when it is missing: the training median, mostly; null where it fills in nothing. */
  readonly typical: number | null;
}

/** A choice of one of several levels, which the model takes as several columns. */
export interface CategoryField {
  readonly kind: 'category';
  /** Column of the source table: also accepted as a column of a file, with a level's name in its cells. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly levels: readonly Level[];
  /** The level that the values which the model fills in stand for; null where they stand for none. */
  readonly typical: string | null;
  /** The model's columns that stand for it. */
  readonly columns: readonly string[];
}

/** What a level of a category says in the columns of the model; null = missing. */
export interface Level {
  readonly name: string;
  readonly values: Readonly<Record<string, number | null>>;
  /** Whether some patient of the training had it. */
  readonly seen: boolean;
}

/** One input of the form. */
export type Field = NumberField | CategoryField;

/** The inputs of one modality. */
export interface FieldGroup {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** Of `GET /studio/api/predict/form`: what a model takes, for people. */
export interface ModelForm {
  /** Every model that is loaded here, by name. */
  readonly models: readonly string[];
  readonly name: string;
  readonly version: string;
  readonly modelId: string;
  readonly task: ModelTask;
  /** What its answer is: a probability of death, a hazard, or a time. */
  readonly answer: 'probability' | 'hazard' | 'log-time';
  readonly threshold: number | null;
  /** Names of its risk groups, lowest first; empty where it has none. */
  readonly riskGroups: readonly string[];
  readonly trainedOn: { readonly patients: number; readonly events: number };
  readonly warnings: readonly string[];
  /** The model's columns in its order. */
  readonly columns: readonly string[];
  /** The clinical one first. */
  readonly groups: readonly FieldGroup[];
  /** Calls of the cloud's runtime client are signed. */
  readonly signedRuntime: boolean;
}

/** Of `GET /studio/api/predict/patients`: ids of the store that the model's groups hold. */
export interface StoredPatients {
  readonly patients: readonly string[];
}

/** Of `GET /studio/api/predict/patient`: the latest values of a stored patient by column; null = missing. */
export interface StoredInputs {
  readonly patient: string;
  readonly values: Readonly<Record<string, number | null>>;
}
