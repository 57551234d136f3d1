import { trainingError } from '../errors.js';
import { assertFiniteScores, assertLength, assertSurvivalTimes } from './input-checks.js';

/** Risks this close are a tie (as in scikit-survival). */
const riskTolerance = 1e-8;

/**
 * Harrell's concordance index for right-censored data: of the pairs of which it is known who died first, the share in
 * which that patient had the higher risk; a tie in risk counts one half. A pair is comparable when the earlier time is a
 * death; at equal times, when one died and the other was censored (then the censored one outlived); two deaths at the same
 * time are not comparable.
 * @param timeDays shape (n), days from surgery, finite and >= 0
 * @param event    shape (n), true = died, false = censored
 * @param risk     shape (n), unitless, higher = worse
 * @returns value in [0, 1]; 0.5 = chance
 * @throws TrainingError TRAIN_NO_COMPARABLE_PAIR when no pair can be compared, TRAIN_LENGTHS_DIFFER,
 *   TRAIN_BAD_SURVIVAL_TIME, TRAIN_BAD_SCORE
 * @see Harrell et al., Stat Med 1996;15:361-387
 */
export function harrellC(timeDays: Float64Array, event: readonly boolean[], risk: Float64Array): number {
  assertLength('event', event, timeDays.length);
  assertLength('risk', risk, timeDays.length);
  assertSurvivalTimes(timeDays);
  assertFiniteScores(risk);
  let comparable = 0;
  let concordant = 0;
  for (let i = 0; i < timeDays.length; i++) {
    if (!event[i]) continue;
    const time = timeDays[i] as number;
    const own = risk[i] as number;
    for (let j = 0; j < timeDays.length; j++) {
      const other = timeDays[j] as number;
      if (other < time || (other === time && event[j])) continue;
      comparable++;
      const lead = own - (risk[j] as number);
      if (Math.abs(lead) <= riskTolerance) concordant += 0.5;
      else if (lead > 0) concordant++;
    }
  }
  if (comparable === 0) throw trainingError('TRAIN_NO_COMPARABLE_PAIR', timeDays.length);
  return concordant / comparable;
}
