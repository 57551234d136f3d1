import { RandomStream } from './random-stream.js';

export type Contour = 'seg' | 'rtstruct' | 'both' | 'none';

/** Standardised over the cohort; the log hazard is their weighted sum. */
export interface Factors {
  readonly gene: number;
  readonly clinical: number;
  readonly imaging: number;
}

export interface Survival {
  /** Days from surgery to death, were there no end of follow-up. */
  readonly deathDay: number;
  /** Days from surgery to the end of follow-up; drawn without looking at anything else. */
  readonly censorDay: number;
  readonly dead: boolean;
}

/** One patient before any file is made. */
export interface PlannedPatient {
  /** 0-based. */
  readonly position: number;
  readonly patientId: string;
  /** Like the collection's `AMC-*` rows: no genomics, no stage. */
  readonly amc: boolean;
  readonly genomic: boolean;
  /** `none`: no imaging at all. */
  readonly contour: Contour;
  readonly factors: Factors;
  readonly logHazard: number;
  readonly survival: Survival;
}

/** Log hazard ratio per standard deviation of each factor. */
export const effect = 1.5;
/** Share of each factor's variance that is one common aggressiveness: the correlation between any two factors. */
const sharedVariance = 0.4;
/** Weibull shape: the hazard rises with time. */
const shape = 2;
/** Expected share of patients whose death is seen. */
const deadShare = 0.45;
const followUpDays = [900, 2700] as const;

/**
 * Who the patients are, which modalities they have, their true factors and survival.
 * Survival is Weibull with proportional hazards: S(t) = exp(-(t / scale)^shape * exp(log hazard)).
 * @param patients 1 or more
 */
export function planCohort(patients: number, seed: number): readonly PlannedPatient[] {
  const random = new RandomStream(seed, 'factors');
  const shared = Array.from({ length: patients }, () => random.normal());
  const factor = () =>
    standardised(shared.map((s) => Math.sqrt(sharedVariance) * s + Math.sqrt(1 - sharedVariance) * random.normal()));
  const gene = factor();
  const clinical = factor();
  const imaging = factor();
  const logHazards = gene.map((g, i) => effect * (g + (clinical[i] as number) + (imaging[i] as number)));
  const follow = new RandomStream(seed, 'follow-up');
  const censorDays = logHazards.map(() => follow.whole(...followUpDays));
  const scale = scaleFor(logHazards, censorDays);
  const times = new RandomStream(seed, 'survival');
  const counts = { r01: 0, amc: 0 };
  return logHazards.map((logHazard, position) => {
    const amc = position % 16 === 15;
    const number = String(amc ? ++counts.amc : ++counts.r01).padStart(3, '0');
    const exact = scale * (-Math.log(times.uniform()) / Math.exp(logHazard)) ** (1 / shape);
    const deathDay = Math.max(1, Math.round(exact));
    const censorDay = censorDays[position] as number;
    return {
      position,
      patientId: `${amc ? 'AMC' : 'R01'}-SYNTHETIC-${number}`,
      amc,
      genomic: !amc && position % 16 !== 11,
      contour: contourOf(position),
      factors: {
        gene: gene[position] as number,
        clinical: clinical[position] as number,
        imaging: imaging[position] as number,
      },
      logHazard,
      survival: { deathDay, censorDay, dead: deathDay <= censorDay },
    };
  });
}

function contourOf(position: number): Contour {
  if (position % 16 === 7) return 'none';
  if (position % 20 === 4) return 'both';
  return position % 20 === 14 ? 'rtstruct' : 'seg';
}

/** Mean 0 and standard deviation 1 over the cohort; a single patient keeps the value drawn. */
function standardised(values: readonly number[]): number[] {
  if (values.length < 2) return [...values];
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  return values.map((v) => (v - mean) / Math.sqrt(variance));
}

/** The Weibull scale, in days, at which the expected share of seen deaths is `deadShare`; found by bisection. */
function scaleFor(logHazards: readonly number[], censorDays: readonly number[]): number {
  let low = 1;
  let high = 1e6;
  for (let step = 0; step < 60; step++) {
    const scale = Math.sqrt(low * high);
    let dead = 0;
    for (const [i, logHazard] of logHazards.entries()) {
      dead += 1 - Math.exp(-(((censorDays[i] as number) / scale) ** shape) * Math.exp(logHazard));
    }
    if (dead / logHazards.length > deadShare) low = scale;
    else high = scale;
  }
  return Math.sqrt(low * high);
}
