import type { Finding } from '../stage.js';

/** What a patient's row says about the follow-up: days since 1970-01-01, NaN when missing. */
export interface FollowUp {
  readonly status: 'Alive' | 'Dead' | null;
  readonly ctDay: number;
  /** Days from the CT to surgery. */
  readonly ctToSurgery: number;
  readonly deathDay: number;
  readonly lastSeenDay: number;
  readonly recurrenceDay: number;
  /** The source's own `Time to Death (days)`. */
  readonly timeToDeath: number;
}

export interface Survival {
  /** Days since 1970-01-01; NaN when the dates do not tell. */
  readonly surgeryDay: number;
  /** Days from surgery to death or to the last day known alive, > 0; NaN when unusable. */
  readonly timeDays: number;
  /** 1 died, 0 censored, NaN unknown or contradictory. */
  readonly event: number;
  readonly findings: readonly Finding[];
}

/** A CT older than this may not show the tumour that was resected. */
export const longCtGapDays = 180;

/** One contradiction: `column` is the source column to look at. */
type Report = (code: string, column: string, what: string, severity?: Finding['severity']) => void;
type Decision = Omit<Survival, 'findings'>;

const unusable = 'the survival time is left missing';

/**
 * Survival from the day of surgery = CT date + days between CT and surgery. The rule, every departure from plain dates reported:
 *
 * - Dead: date of death - surgery. The source's `Time to Death` ends, for 15 patients, on the day last seen instead; the date of
 *   death is the event, so it wins. Without a date of death `Time to Death` is used.
 * - Dead before surgery (by the dates): `Time to Death` is used. When CT date - days between CT and surgery agrees with it, the
 *   sign of the interval was lost and that day is taken for the surgery; otherwise the surgery day is missing.
 * - Dead before last seen: the date of death counts only when `Time to Death` confirms it; otherwise the time is missing.
 * - Alive: last day known alive - surgery. Alive with a date of or time to death: time and event are missing.
 * - A time of zero or less is missing; a recurrence before surgery or after the last day known alive changes nothing.
 */
export function survivalOf(caseId: string, facts: FollowUp): Survival {
  const findings: Finding[] = [];
  const report: Report = (code, column, what, severity = 'warning') =>
    findings.push({ severity, code: `CLINICAL_${code}`, message: `${caseId}: ${what}`, patientId: caseId, column });
  const surgeryDay = facts.ctDay + facts.ctToSurgery;
  if (Number.isNaN(surgeryDay)) {
    const column = Number.isNaN(facts.ctDay) ? 'CT Date' : 'Days between CT and surgery';
    report('NO_SURGERY_DAY', column, `the day of surgery is unknown since "${column}" is missing`);
  }
  const decision = decide(facts, surgeryDay, report);
  reportRecurrence(facts, decision.surgeryDay, report);
  if (facts.ctToSurgery > longCtGapDays) {
    const what = `the CT was taken ${facts.ctToSurgery} days before surgery (more than ${longCtGapDays})`;
    report('LONG_CT_GAP', 'Days between CT and surgery', what, 'info');
  }
  return { ...decision, findings };
}

function decide(facts: FollowUp, surgeryDay: number, report: Report): Decision {
  if (facts.status === 'Dead') return dead(facts, surgeryDay, report);
  if (facts.status === 'Alive') return alive(facts, surgeryDay, report);
  report(
    'NO_SURVIVAL_STATUS',
    'Survival Status',
    'the survival status is not known, so neither are survival time and event',
  );
  return { surgeryDay, timeDays: Number.NaN, event: Number.NaN };
}

function alive(facts: FollowUp, surgeryDay: number, report: Report): Decision {
  const contradiction = Number.isNaN(facts.deathDay) ? 'Time to Death (days)' : 'Date of Death';
  if (!Number.isNaN(facts.deathDay) || !Number.isNaN(facts.timeToDeath)) {
    report(
      'ALIVE_WITH_DEATH',
      contradiction,
      `"Alive", but "${contradiction}" is filled in; survival time and event are left missing`,
    );
    return { surgeryDay, timeDays: Number.NaN, event: Number.NaN };
  }
  const timeDays = facts.lastSeenDay - surgeryDay;
  if (timeDays > 0) return { surgeryDay, timeDays, event: 0 };
  if (Number.isNaN(facts.lastSeenDay)) {
    report('NO_FOLLOW_UP', 'Date of Last Known Alive', `the last day known alive is missing; ${unusable}`);
  } else if (timeDays <= 0) {
    const what = `last known alive ${-timeDays} days before surgery; ${unusable}`;
    report('LAST_SEEN_BEFORE_SURGERY', 'Date of Last Known Alive', what);
  }
  return { surgeryDay, timeDays: Number.NaN, event: 0 };
}

function dead(facts: FollowUp, surgeryDay: number, report: Report): Decision {
  const byDates = facts.deathDay - surgeryDay;
  if (Number.isNaN(byDates)) return { surgeryDay, timeDays: statedTime(facts, report), event: 1 };
  if (byDates <= 0) return deadBeforeSurgery(facts, surgeryDay, report);
  if (facts.lastSeenDay > facts.deathDay) {
    const confirmed = facts.timeToDeath === byDates;
    const later = `last known alive ${facts.lastSeenDay - facts.deathDay} days after the date of death`;
    const done = confirmed ? '"Time to Death" confirms the date of death, which is used' : unusable;
    report('SEEN_AFTER_DEATH', 'Date of Last Known Alive', `${later}; ${done}`);
    return { surgeryDay, timeDays: confirmed ? byDates : Number.NaN, event: 1 };
  }
  if (!Number.isNaN(facts.timeToDeath) && facts.timeToDeath !== byDates) {
    reportStatedTime(facts, surgeryDay, byDates, report);
  }
  return { surgeryDay, timeDays: byDates, event: 1 };
}

function reportStatedTime(facts: FollowUp, surgeryDay: number, byDates: number, report: Report): void {
  const lastSeen = facts.lastSeenDay - surgeryDay;
  if (lastSeen === facts.timeToDeath) {
    const what = `last seen on day ${lastSeen}, died on day ${byDates}; "Time to Death" (${lastSeen}) ends on the former, the date of death is used`;
    report('DEATH_AFTER_LAST_SEEN', 'Time to Death (days)', what);
  } else {
    const what = `"Time to Death" is ${facts.timeToDeath}, the dates give ${byDates}, which is used`;
    report('TIME_TO_DEATH_DIFFERS', 'Time to Death (days)', what);
  }
}

/** The source's own time, for a dead patient whose dates do not give one. */
function statedTime(facts: FollowUp, report: Report): number {
  const usable = facts.timeToDeath > 0;
  const column = Number.isNaN(facts.deathDay) ? 'Date of Death' : 'CT Date';
  const done = usable ? `"Time to Death" (${facts.timeToDeath}) is used` : `"Time to Death" does not help; ${unusable}`;
  report('DEATH_WITHOUT_DATES', column, `the dates give no time from surgery to death; ${done}`);
  return usable ? facts.timeToDeath : Number.NaN;
}

function deadBeforeSurgery(facts: FollowUp, surgeryDay: number, report: Report): Decision {
  const { timeToDeath, ctDay, ctToSurgery, deathDay } = facts;
  const found = `the dates put surgery ${surgeryDay - deathDay} days after death`;
  const usable = timeToDeath > 0;
  const signLost = usable && deathDay - (ctDay - ctToSurgery) === timeToDeath;
  const remedy = signLost
    ? `"Time to Death" (${timeToDeath}) is used, which fits surgery ${ctToSurgery} days before the CT`
    : usable
      ? `"Time to Death" (${timeToDeath}) is used and the day of surgery is left missing`
      : unusable;
  report('SURGERY_AFTER_DEATH', 'Days between CT and surgery', `${found}; ${remedy}`);
  return {
    surgeryDay: signLost ? ctDay - ctToSurgery : surgeryDay === deathDay ? surgeryDay : Number.NaN,
    timeDays: usable ? timeToDeath : Number.NaN,
    event: 1,
  };
}

function reportRecurrence(facts: FollowUp, surgeryDay: number, report: Report): void {
  const afterLastSeen = facts.recurrenceDay - facts.lastSeenDay;
  if (afterLastSeen > 0) {
    const what = `recurrence is dated ${afterLastSeen} days after the last day known alive; both are kept`;
    report('RECURRENCE_AFTER_LAST_SEEN', 'Date of Recurrence', what);
  }
  const beforeSurgery = surgeryDay - facts.recurrenceDay;
  if (beforeSurgery > 0) {
    const what = `recurrence is dated ${beforeSurgery} days before surgery; it is kept`;
    report('RECURRENCE_BEFORE_SURGERY', 'Date of Recurrence', what);
  }
}
