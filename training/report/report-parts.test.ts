import { describe, expect, test } from 'vitest';
import { calibrationOf } from '../evaluate/index.js';
import type { ExplanationSummary } from '../explain/index.js';
import { renderReport } from './index.js';
import { madeUpReport } from './made-up-report.js';

const data = madeUpReport(60);
const page = renderReport(data);
const explanation = data.explanation as ExplanationSummary;

/** The figures of a table by its caption: rows of cells as text. */
function tableOf(caption: string, text = page): readonly (readonly string[])[] {
  const start = text.indexOf(`<caption>${caption}`);
  expect(start, caption).toBeGreaterThan(0);
  const body = text.slice(text.indexOf('<tbody>', start), text.indexOf('</tbody>', start));
  return (body.match(/<tr>.*?<\/tr>/gs) ?? []).map((row) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map((cell) => cell[1] as string),
  );
}

describe('what the answers are made of', () => {
  test('a waterfall adds up to the margin of its patient', () => {
    const drawn = [...page.matchAll(/<h3>Patient (R01-\d+)<\/h3>/g)].map((m) => m[1]);
    const ordered = [...explanation.patients].sort((a, b) => b.margin - a.margin);
    expect(drawn).toEqual([0, 29, 59].map((k) => ordered[k]?.patientId));
    for (const id of drawn) {
      const rows = tableOf(`Contributions to the log-odds of death, patient ${id}`).map((row) => Number(row[1]));
      const sum = rows.slice(0, -1).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - (rows.at(-1) ?? 0))).toBeLessThan(1e-3);
    }
  });

  test('every patient: contributions, rest and expected make the margin, missing values are named', () => {
    for (const { contributions, rest, margin } of explanation.patients) {
      expect(contributions.reduce((a, b) => a + b, explanation.expected) + rest).toBeCloseTo(margin, 10);
    }
    expect(tableOf('The five largest contributions to each patient&#39;s log-odds of death')).toHaveLength(60);
    const [column] = explanation.columns;
    const one = { patientId: 'R01-001', margin: 0, contributions: [0.62], rest: 0, values: [null] };
    const short = { ...explanation, columns: column === undefined ? [] : [column], restColumns: 0, patients: [one] };
    const row = tableOf(
      'Contributions to the log-odds of death, patient R01-001',
      renderReport({ ...data, explanation: short }),
    );
    expect(row.map((cells) => cells.join(' '))).toEqual([
      'expected -0.6200',
      `${column?.feature} (missing) 0.6200`,
      'margin 0.0000',
    ]);
  });

  test('the patients that were asked for are drawn', () => {
    const asked = renderReport(data, { patients: ['R01-007', 'R01-011'] });
    expect([...asked.matchAll(/<h3>Patient (R01-\d+)<\/h3>/g)].map((m) => m[1])).toEqual(['R01-007', 'R01-011']);
  });

  test('modalities are listed with their share', () => {
    const rows = tableOf('What each modality adds');
    expect(rows.map((row) => row[0])).toEqual(['genomic', 'clinical', 'imaging']);
    const shares = rows.map((row) => Number.parseFloat(row[2] as string));
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(100, 0);
  });

  test('a model that says the same of everybody, and one of which nothing is known', () => {
    const flat = {
      ...explanation,
      columns: [],
      patients: explanation.patients.map((p) => ({ ...p, contributions: [], values: [] })),
    };
    expect(renderReport(madeUpReport(60, { explanation: flat }))).toContain('No column moves the answer');
    expect(renderReport(madeUpReport(60, { explanation: null }))).not.toContain('What the answers are made of');
  });
});

describe('probabilities', () => {
  test('calibration by groups holds all patients, and slope and intercept are those of the evaluation', () => {
    const rows = tableOf('Calibration by groups of patients');
    expect(rows.reduce((sum, row) => sum + Number(row[3]), 0)).toBe(60);
    const dead = data.scored.map((p) => p.dead);
    const lines = calibrationOf({ dead, probability: Float64Array.from(data.scored, (p) => p.probability) });
    expect(page).toContain(`Slope ${lines?.slope.toFixed(2)}`);
  });

  test('net benefit of acting on everybody is the share of deaths less the odds times the rest', () => {
    const [, row] = tableOf('Net benefit');
    const share = data.dataset.events / 60;
    expect(row?.[0]).toBe('0.10');
    expect(Number(row?.[2])).toBeCloseTo(share - ((1 - share) * 0.1) / 0.9, 3);
  });

  test('with a horizon, who was censored before it counts through the others', () => {
    const horizon = renderReport(madeUpReport(60, { horizonDays: 700 }));
    expect(horizon).toContain('died within 700 days');
    const known = data.scored.filter((p) => p.timeDays > 700 || (p.dead && Number.isFinite(p.timeDays))).length;
    expect(tableOf('Calibration by groups', horizon).reduce((sum, row) => sum + Number(row[3]), 0)).toBe(known);
  });
});

describe('beside baselines', () => {
  test('every baseline and subset stands there with its interval; without an evaluation nothing does', () => {
    expect(tableOf('Metrics with 95 % intervals beside the baselines')[0]).toContain('0.630 (0.560 to 0.700)');
    expect(tableOf('Every subset').map((row) => row.slice(0, 3))).toContainEqual(['genomic', '117', '41']);
    expect(tableOf('Default less reference recipe')[0]?.slice(1)).toEqual(['0.080 (0.010 to 0.150)', 'p = 0.030']);
    expect(renderReport(madeUpReport(60, { nested: null }))).not.toContain('Beside baselines');
  });
});
