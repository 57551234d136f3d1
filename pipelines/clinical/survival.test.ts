import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FollowUp, survivalOf } from './survival.js';

/** CT on day 1000, surgery on day 1030, last seen on day 1130. */
const alive: FollowUp = {
  status: 'Alive',
  ctDay: 1000,
  ctToSurgery: 30,
  deathDay: Number.NaN,
  lastSeenDay: 1130,
  recurrenceDay: Number.NaN,
  timeToDeath: Number.NaN,
};
const dead: FollowUp = { ...alive, status: 'Dead', deathDay: 1130, timeToDeath: 100 };

describe('survival from surgery', () => {
  test.each<[what: string, facts: FollowUp, time: number, event: number, surgery: number, codes: string[]]>([
    ['alive', alive, 100, 0, 1030, []],
    ['dead', dead, 100, 1, 1030, []],
    ['dead, not stated how long', { ...dead, timeToDeath: Number.NaN }, 100, 1, 1030, []],
    ['died after last seen', { ...dead, deathDay: 1500 }, 470, 1, 1030, ['DEATH_AFTER_LAST_SEEN']],
    ['stated time fits nothing', { ...dead, timeToDeath: 55 }, 100, 1, 1030, ['TIME_TO_DEATH_DIFFERS']],
    ['no date of death', { ...dead, deathDay: Number.NaN }, 100, 1, 1030, ['DEATH_WITHOUT_DATES']],
    [
      'nothing about death',
      { ...dead, deathDay: Number.NaN, timeToDeath: Number.NaN },
      Number.NaN,
      1,
      1030,
      ['DEATH_WITHOUT_DATES'],
    ],
    [
      'sign of the interval lost',
      { ...dead, ctToSurgery: 211, timeToDeath: 341, lastSeenDay: 1130 },
      341,
      1,
      789,
      ['SURGERY_AFTER_DEATH', 'LONG_CT_GAP'],
    ],
    ['surgery after death', { ...dead, ctToSurgery: 180 }, 100, 1, Number.NaN, ['SURGERY_AFTER_DEATH']],
    [
      'surgery after death, nothing else',
      { ...dead, ctToSurgery: 180, timeToDeath: Number.NaN },
      Number.NaN,
      1,
      Number.NaN,
      ['SURGERY_AFTER_DEATH'],
    ],
    [
      'died on the day of surgery',
      { ...dead, deathDay: 1030, lastSeenDay: 1030, timeToDeath: 0 },
      Number.NaN,
      1,
      1030,
      ['SURGERY_AFTER_DEATH'],
    ],
    ['seen after death, confirmed', { ...dead, lastSeenDay: 1200 }, 100, 1, 1030, ['SEEN_AFTER_DEATH']],
    [
      'seen after death, not confirmed',
      { ...dead, lastSeenDay: 1200, timeToDeath: 170 },
      Number.NaN,
      1,
      1030,
      ['SEEN_AFTER_DEATH'],
    ],
    ['alive with a date of death', { ...alive, deathDay: 1130 }, Number.NaN, Number.NaN, 1030, ['ALIVE_WITH_DEATH']],
    ['alive with a time to death', { ...alive, timeToDeath: 100 }, Number.NaN, Number.NaN, 1030, ['ALIVE_WITH_DEATH']],
    ['never seen', { ...alive, lastSeenDay: Number.NaN }, Number.NaN, 0, 1030, ['NO_FOLLOW_UP']],
    ['last seen at surgery', { ...alive, lastSeenDay: 1030 }, Number.NaN, 0, 1030, ['LAST_SEEN_BEFORE_SURGERY']],
    ['no CT date', { ...alive, ctDay: Number.NaN }, Number.NaN, 0, Number.NaN, ['NO_SURGERY_DAY']],
    [
      'dead, no interval',
      { ...dead, ctToSurgery: Number.NaN },
      100,
      1,
      Number.NaN,
      ['NO_SURGERY_DAY', 'DEATH_WITHOUT_DATES'],
    ],
    ['no status', { ...alive, status: null }, Number.NaN, Number.NaN, 1030, ['NO_SURVIVAL_STATUS']],
    ['recurrence after last seen', { ...alive, recurrenceDay: 1131 }, 100, 0, 1030, ['RECURRENCE_AFTER_LAST_SEEN']],
    ['recurrence before surgery', { ...alive, recurrenceDay: 1029 }, 100, 0, 1030, ['RECURRENCE_BEFORE_SURGERY']],
    ['old CT', { ...alive, ctDay: 700, ctToSurgery: 330 }, 100, 0, 1030, ['LONG_CT_GAP']],
  ])('%s', (_what, facts, time, event, surgery, codes) => {
    const survival = survivalOf('P-1', facts);
    expect(survival).toMatchObject({ timeDays: time, event, surgeryDay: surgery });
    expect(survival.findings.map(({ code }) => code)).toEqual(codes.map((code) => `CLINICAL_${code}`));
    for (const finding of survival.findings) expect(finding).toMatchObject({ patientId: 'P-1' });
  });

  test('a time is positive or missing, and no departure from plain dates goes unreported', () => {
    const day = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 900, max: 1300 }));
    const facts = fc.record({
      status: fc.constantFrom('Alive' as const, 'Dead' as const, null),
      ctDay: day,
      ctToSurgery: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -50, max: 300 })),
      deathDay: day,
      lastSeenDay: day,
      recurrenceDay: day,
      timeToDeath: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -50, max: 300 })),
    });
    fc.assert(
      fc.property(facts, (f) => {
        const { timeDays, event, findings } = survivalOf('P-1', f);
        const byDates = (f.status === 'Dead' ? f.deathDay : f.lastSeenDay) - (f.ctDay + f.ctToSurgery);
        expect(Number.isNaN(timeDays) || timeDays > 0).toBe(true);
        expect(Number.isNaN(event)).toBe(findings.some((x) => /ALIVE_WITH_DEATH|NO_SURVIVAL_STATUS/.test(x.code)));
        if (timeDays !== byDates) expect(findings).not.toEqual([]);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
