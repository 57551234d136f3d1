import { keepPatients, type Sample } from '../sample.js';

/**
 * The sample with follow-up as asked for. Landmark: only who was under observation after it (died or censored by then is
 * left out, since such a patient cannot be asked about at the landmark). Administrative censoring: who was seen later was
 * alive and censored then; a death on the day itself counts.
 */
export function withFollowUp(
  sample: Sample,
  { landmarkDays, censorAtDays }: { readonly landmarkDays?: number; readonly censorAtDays?: number },
): Sample {
  let kept = sample;
  if (landmarkDays !== undefined) {
    const reason = `not under observation after day ${landmarkDays}`;
    kept = keepPatients(kept, (i) => (sample.timeDays[i] as number) > landmarkDays, reason);
  }
  if (censorAtDays === undefined) return kept;
  return {
    ...kept,
    dead: kept.dead.map((died, i) => died && (kept.timeDays[i] as number) <= censorAtDays),
    timeDays: kept.timeDays.map((days) => Math.min(days, censorAtDays)),
  };
}
