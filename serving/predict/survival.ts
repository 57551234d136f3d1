import type { Answer } from '../../training/bundle/index.js';
import type { SurvivalCurve } from './predictor.js';

type Hazard = Extract<Answer, { kind: 'hazard' }>;
type LogTime = Extract<Answer, { kind: 'log-time' }>;

/** Points of a curve of time, per median. */
const pointsPerMedian = 10;

/**
 * Survival of a patient with this risk.
 * @returns null where the answer is a probability, or the baseline hazard is not known
 */
export function survivalOf(answer: Answer, risk: number, timeDays?: readonly number[]): SurvivalCurve | null {
  switch (answer.kind) {
    case 'probability':
      return null;
    case 'hazard':
      return answer.baseline.timeDays.length === 0 ? null : underHazard(answer, risk, timeDays);
    case 'log-time':
      return ofTime(answer, risk, timeDays);
  }
}

/** Days that half survive; null where that is not known. */
export function medianSurvivalDays(answer: Answer, risk: number): number | null {
  if (answer.kind === 'probability') return null;
  if (answer.kind === 'log-time') {
    const days = Math.exp(-risk + answer.scale * medianNoise[answer.distribution]);
    return Number.isFinite(days) ? days : null;
  }
  const { timeDays, cumulative } = answer.baseline;
  const half = Math.LN2 / Math.exp(risk);
  const at = cumulative.findIndex((hazard) => hazard >= half);
  return at < 0 ? null : (timeDays[at] as number);
}

/** S(t) = exp(-H(t) exp(risk)), H constant between the days of deaths. */
function underHazard({ baseline }: Hazard, risk: number, wanted?: readonly number[]): SurvivalCurve {
  const timeDays = wanted ?? baseline.timeDays;
  const ratio = Math.exp(risk);
  const survival = timeDays.map((time) => {
    const hazard = hazardBy(baseline, time);
    return hazard === 0 ? 1 : Math.exp(-hazard * ratio);
  });
  return { timeDays, survival };
}

function hazardBy({ timeDays, cumulative }: Hazard['baseline'], time: number): number {
  let low = 0;
  let high = timeDays.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timeDays[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : (cumulative[low - 1] as number);
}

function ofTime(answer: LogTime, risk: number, wanted?: readonly number[]): SurvivalCurve {
  const median = medianSurvivalDays(answer, risk) ?? 1;
  const timeDays =
    wanted ?? Array.from({ length: 4 * pointsPerMedian }, (_, k) => (median * (k + 1)) / pointsPerMedian);
  const upperTail = upperTails[answer.distribution];
  const survival = timeDays.map((days) => (days <= 0 ? 1 : upperTail((Math.log(days) + risk) / answer.scale)));
  return { timeDays, survival };
}

/** Median of the noise, per distribution; that of the extreme value distribution (of minima) is ln(ln 2). */
const medianNoise: Readonly<Record<LogTime['distribution'], number>> = {
  normal: 0,
  logistic: 0,
  extreme: Math.log(Math.LN2),
};

/**
 * P(noise > z), per distribution, as XGBoost's `aft_loss_distribution` means them.
 * @see Barnwal, Cho & Hocking, J Comput Graph Stat 2022;31:1292, doi:10.1080/10618600.2022.2067548
 */
const upperTails: Readonly<Record<LogTime['distribution'], (z: number) => number>> = {
  normal: (z) => (z < 0 ? 1 - normalTail(-z) : normalTail(z)),
  logistic: (z) => 1 / (1 + Math.exp(z)),
  extreme: (z) => Math.exp(-Math.exp(z)),
};

/**
 * P(Z > z) of the standard normal distribution for z >= 0: its power series, and beyond 3 its continued fraction.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions, 26.2.11 and 26.2.14
 */
function normalTail(z: number): number {
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * sum && k < 200; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 - density * sum;
}
