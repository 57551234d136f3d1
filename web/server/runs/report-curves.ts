import { calibrationCurve, decisionCurve, logRank, prCurve, rocCurve } from '../../../training/index.js';
import { calibrationGroups, judgedOf, type ReportData } from '../../../training/report/index.js';
import { survivalOf } from '../cohort/survival.js';
import type { ModelCurves, ModelReportReply, RiskSurvival } from '../replies/runs-reply.js';

/** The curves of a report, from the predictions of patients that no model behind them had seen. */
export function reportCurves(data: ReportData): ModelReportReply {
  const judged = judgedOf(data);
  const deaths = judged.dead.filter(Boolean).length;
  return {
    modelId: data.modelId,
    evaluation: data.evaluation,
    what: judged.what,
    threshold: data.threshold,
    patients: judged.dead.length,
    deaths,
    unknown: data.scored.length - judged.dead.length,
    holdout: data.holdout ?? null,
    curves: deaths === 0 || deaths === judged.dead.length ? null : curvesOf(judged),
    survival: survivalByRisk(data),
  };
}

/** Thresholds of a decision curve: 1 % to 95 %. */
const thresholds = Array.from({ length: 95 }, (_, k) => (k + 1) / 100);

function curvesOf(judged: ReturnType<typeof judgedOf>): ModelCurves {
  const { dead, probability, weight } = judged;
  const { falsePositiveRate, truePositiveRate } = rocCurve(dead, probability);
  const { recall, precision } = prCurve(dead, probability);
  return {
    roc: { falsePositiveRate, truePositiveRate },
    precisionRecall: { recall, precision },
    calibration: { ...calibrationCurve({ dead, probability, weight }), groups: calibrationGroups(judged) },
    decision: decisionCurve(dead, probability, thresholds, weight),
  };
}

/** Patients with a known follow-up, split at the median of their predictions as the report splits them. */
function survivalByRisk({ scored }: ReportData): RiskSurvival | null {
  const followed = scored.filter(({ timeDays }) => Number.isFinite(timeDays) && timeDays >= 0);
  const splitAt = median(followed.map(({ probability }) => probability));
  const isHigh = followed.map(({ probability }) => probability > splitAt);
  if (!isHigh.includes(true) || !isHigh.includes(false)) return null;
  const groups = [true, false].map((wanted) => {
    const members = followed.filter((_, i) => isHigh[i] === wanted);
    const { deaths, curve } = survivalOf(
      members.map(({ patientId, timeDays, dead }) => ({ patientId, timeDays, died: dead, values: {} })),
    );
    return { name: wanted ? 'high risk' : 'low risk', patients: members.length, deaths, curve };
  });
  const dead = followed.map((patient) => patient.dead);
  const times = Float64Array.from(followed, ({ timeDays }) => timeDays);
  return { splitAt, groups, logRank: dead.includes(true) ? logRank(times, dead, isHigh) : null };
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half] as number;
  return ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2;
}
