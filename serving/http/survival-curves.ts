import { ServingError, servingErrors } from '../errors.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { Prediction } from '../predict/index.js';

/** Survival of one patient, as it is answered; shapes (times). */
export interface SurvivalAnswer {
  /** Days from surgery, ascending. */
  readonly timeDays: readonly number[];
  /** Of being alive after that many days. */
  readonly probability: readonly number[];
}

/** Which curve is wanted: none, that of the model's own days, or that of these. */
export type WantedCurve = false | true | readonly number[];

const mostDays = 1000;
/** Of all curves of a reply together. */
const mostPoints = 1_000_000;

/** Reads the member `curve` of a question. @throws ServingError SERVING_BAD_CASES */
export function readCurve(curve: unknown): WantedCurve {
  if (curve === undefined || curve === false) return false;
  if (curve === true) return true;
  const isDays = (days: readonly unknown[]): days is readonly number[] =>
    days.every((day, i) => typeof day === 'number' && day >= 0 && (i === 0 || day > (days[i - 1] as number)));
  if (Array.isArray(curve) && curve.length > 0 && curve.length <= mostDays && isDays(curve)) return curve;
  throw bad(`"curve" is neither true nor a list of 1 to ${mostDays} days, each after the one before`);
}

/**
 * The survival curves of answers, in their order; null for a model that predicts no survival over time or came without the baseline hazard.
 * @returns undefined where none are wanted
 * @throws ServingError SERVING_BAD_CASES when there would be too many points
 */
export function survivalCurves(
  { predictor }: LoadedModel,
  predictions: readonly Prediction[],
  wanted: WantedCurve,
): readonly (SurvivalAnswer | null)[] | undefined {
  if (wanted === false) return undefined;
  return predictions.map(({ risk }) => {
    const curve = predictor.survivalCurve(risk, wanted === true ? undefined : wanted);
    if (curve === null) return null;
    const { timeDays, survival } = curve;
    if (timeDays.length * predictions.length > mostPoints) {
      throw bad(`the curves would hold more than ${mostPoints} points; name fewer days, or send fewer rows`);
    }
    return { timeDays, probability: survival };
  });
}

function bad(what: string): ServingError {
  return new ServingError('SERVING_BAD_CASES', servingErrors.SERVING_BAD_CASES(what));
}
