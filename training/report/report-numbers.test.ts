import { describe, expect, test } from 'vitest';
import { renderReport, reportJson } from './index.js';
import { madeUpReport } from './made-up-report.js';
import type { ReportData } from './report-data.js';

const page = renderReport(madeUpReport());

describe('numbers', () => {
  const row = (caption: string, first: string, text = page): string =>
    new RegExp(`<th scope="row"[^>]*>${first}</th>.*?</tr>`, 's').exec(
      text.slice(text.indexOf(`<caption>${caption}`)),
    )?.[0] ?? '';

  test('the baseline stands beside every score', () => {
    const { metrics, baseline } = madeUpReport();
    const table = page.slice(page.indexOf('<caption>Metrics with'));
    const rows = table.slice(table.indexOf('<tbody>'), table.indexOf('</tbody>')).match(/<tr>.*?<\/tr>/gs) ?? [];
    expect(rows.length).toBe(Object.keys(metrics).length);
    for (const [i, name] of Object.keys(metrics).entries()) {
      const cells = [...(rows[i] as string).matchAll(/<td[^>]*>(.*?)<\/td>/g)].map((m) => m[1] as string);
      const text = (e: { value: number; low: number; high: number } | undefined) =>
        e && `${e.value.toFixed(3)} (${e.low.toFixed(3)} to ${e.high.toFixed(3)})`;
      expect(cells.slice(0, 2)).toEqual([text(metrics[name]), text(baseline[name])]);
    }
    expect(page).toContain('baseline 0.65');
    const bare = renderReport(madeUpReport(40, { baseline: {} }));
    expect(bare).toContain('not defined');
  });

  test('better, worse and not to be told apart', () => {
    expect(row('Metrics', 'Area under the ROC curve')).toContain('>better<');
    expect(row('Metrics', 'Accuracy')).toContain('>cannot be told apart<');
    expect(row('Metrics', 'Recall \\(of those who died\\)')).toContain('>baseline calls nobody dead<');
    const e = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
    const bad = renderReport(
      madeUpReport(40, {
        metrics: { brier: e(0.4), rocAuc: e(0.3), own: e(1) },
        baseline: { brier: e(0.2), rocAuc: e(0.5), own: e(0) },
      }),
    );
    expect(row('Metrics', 'Brier score \\(lower is better\\)', bad)).toContain('>worse<');
    expect(row('Metrics', 'Area under the ROC curve', bad)).toContain('>worse<');
    expect(row('Metrics', 'own', bad)).toContain('<td></td>');
  });

  test('the confusion matrix counts the scored patients', () => {
    const at = (probability: number, dead: boolean, i: number) => ({
      patientId: `P${i}`,
      probability,
      dead,
      timeDays: 100 + i,
    });
    const scored = [
      at(0.9, true, 1),
      at(0.4, true, 2),
      at(0.4, false, 3),
      at(0.39, false, 4),
      at(0.1, true, 5),
      at(0.2, false, 6),
    ];
    const small = renderReport(madeUpReport(40, { scored, threshold: 0.4 }));
    expect(row('Confusion matrix', 'alive', small).match(/>([\d.]+)( %)?</g)).toEqual([
      '>2<',
      '>1<',
      '>3<',
      '>66.7 %<',
    ]);
    expect(row('Confusion matrix', 'dead', small).match(/>([\d.]+)( %)?</g)).toEqual(['>1<', '>2<', '>3<', '>66.7 %<']);
    expect(small).toContain('Right: 4 of 6; calling everybody alive: 3 of 6');
  });

  test('at risk and alive by year', () => {
    const year = 365.25;
    const patient = (probability: number, years: number, dead: boolean) => ({
      patientId: 'P',
      probability,
      dead,
      timeDays: years * year,
    });
    const scored = [
      patient(0.9, 0.5, true),
      patient(0.8, 1.5, true),
      patient(0.7, 2.5, false),
      patient(0.1, 1.5, false),
      patient(0.2, 2.5, true),
      patient(0.3, 3, false),
      patient(0.5, Number.NaN, true),
    ];
    const small = renderReport(madeUpReport(40, { scored }));
    const cells = (y: string) =>
      [...row('Patients at risk', y, small).matchAll(/<td[^>]*>(.*?)<\/td>/g)].map((m) => m[1]);
    expect(cells('1')).toEqual(['2', '66.7 %', '3', '100.0 %']);
    expect(cells('2')).toEqual(['1', '33.3 %', '2', '100.0 %']);
    expect(cells('3')).toEqual(['0', 'n/a', '1', '50.0 %']);
    expect(small).toContain('1 patient without a usable follow-up time left out');
  });
});

test('the numbers as JSON', () => {
  const data = madeUpReport();
  const parsed = JSON.parse(reportJson(data)) as ReportData;
  expect(parsed.metrics).toEqual(data.metrics);
  expect(parsed.scored[7]?.timeDays).toBeNull();
  expect(reportJson(madeUpReport())).toBe(reportJson(data));
});
