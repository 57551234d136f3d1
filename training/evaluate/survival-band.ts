import type { SurvivalCurve } from './kaplan-meier.js';

/** Upper 2.5 % point of the normal distribution. */
const z = 1.959963984540054;

/** The 95 % band of a curve: one entry for each of its times. */
export interface SurvivalBand {
  /** In [0, 1]. */
  readonly low: number[];
  /** In [0, 1]. */
  readonly high: number[];
}

/**
 * Pointwise 95 % interval of a Kaplan-Meier curve on the log-log scale, with Greenwood's variance. Where nobody has died yet, or nobody is
 * left alive, it is the curve itself: nothing is known of its error.
 * @see Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.4
 */
export function survivalBand({ survival, atRisk, events }: SurvivalCurve): SurvivalBand {
  const band: SurvivalBand = { low: [], high: [] };
  let variance = 0;
  for (const [i, alive] of survival.entries()) {
    const n = atRisk[i] as number;
    const deaths = events[i] as number;
    variance += deaths === n ? 0 : deaths / (n * (n - deaths));
    if (alive === 1 || alive === 0) {
      band.low.push(alive);
      band.high.push(alive);
      continue;
    }
    const width = (z * Math.sqrt(variance)) / Math.abs(Math.log(alive));
    band.low.push(alive ** Math.exp(width));
    band.high.push(alive ** Math.exp(-width));
  }
  return band;
}

/**
 * The first time at which at most a half is left; null when it never comes so far. Of a band's edges it gives the interval of the median.
 * @param timeDays ascending
 * @param share    of each time, never rising
 * @see Brookmeyer & Crowley, Biometrics 1982;38:29-41
 */
export function medianTime(timeDays: ArrayLike<number>, share: ArrayLike<number>): number | null {
  for (let i = 0; i < timeDays.length; i++) if ((share[i] as number) <= 0.5) return timeDays[i] as number;
  return null;
}
