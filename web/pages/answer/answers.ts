import type { Prediction } from '../../../serving/predict/index.js';

/** Survival over time of one patient, as `/predict` answers it. */
export interface AnsweredSurvival {
  readonly timeDays: readonly number[];
  /** Of being alive after that many days. */
  readonly probability: readonly number[];
}

/** One prediction of `POST /predict`. */
export interface AnsweredPrediction extends Prediction {
  readonly case?: string;
  /** Null for a model that says nothing of survival over time; absent unless asked for. */
  readonly survival?: AnsweredSurvival | null;
}

/** One explanation of `POST /explain`. */
export interface AnsweredExplanation {
  readonly risk: number;
  /** The risk of nobody in particular: this, the contributions and `others` add up to the risk. */
  readonly expected: number;
  readonly modalities: Readonly<Record<string, number>>;
  readonly contributions: readonly {
    readonly feature: string;
    readonly modality: string;
    readonly value: number | null;
    readonly contribution: number;
  }[];
  readonly others: number;
  /** As in a prediction: absent unless asked for. */
  readonly survival?: AnsweredSurvival | null;
}

/** What a server is asked: records of raw features, or stored patients. */
export interface Question {
  readonly records?: readonly Readonly<Record<string, number | null>>[];
  readonly cases?: readonly string[];
  readonly model?: string;
  readonly curve?: boolean;
}
