import type { SurvivalCurve } from '../../evaluate/index.js';
import { count } from '../page/format.js';
import { axis, axisLabel, type Chart, legend, still } from './chart.js';
import { palette } from './palette.js';

/** A group of patients by predicted risk. */
export interface RiskGroup {
  readonly name: string;
  readonly curve: SurvivalCurve;
  readonly patients: number;
  readonly deaths: number;
}

const daysPerYear = 365.25;

/** Kaplan-Meier curves, ticks where patients were censored. */
export function survivalChart(groups: readonly RiskGroup[], test: string): Chart {
  const colours = [palette.orange, palette.blue];
  const text = ({ name, patients, deaths }: RiskGroup): string =>
    `${name} (${count(patients, 'patient')}, ${count(deaths, 'death')})`;
  const years = Math.max(1, ...groups.map(({ curve }) => curve.timeDays.at(-1) ?? 0)) / daysPerYear;
  const step = years <= 2 ? 0.5 : years <= 10 ? 1 : Math.ceil(years / 10);
  return {
    id: 'survival',
    title: 'Survival by predicted risk',
    description: `Kaplan-Meier curves. ${groups.map((g) => `${text(g)}: ${Math.round(100 * (g.curve.survival.at(-1) ?? 1))} % alive at the end`).join('; ')}. ${test}.`,
    width: 760,
    height: 400,
    option: {
      grid: { left: 64, right: 24, top: 56, bottom: 56 },
      legend: {
        ...legend,
        top: 0,
        left: 56,
        orient: 'vertical',
        itemGap: 4,
        itemHeight: 6,
        icon: 'roundRect',
        data: groups.map(text),
      },
      xAxis: axis('Years since surgery', 32, {
        min: 0,
        max: Math.ceil(years / step) * step,
        interval: step,
        splitLine: { show: false },
      }),
      yAxis: axis('Alive', 44, { min: 0, max: 100, axisLabel: { ...axisLabel, formatter: '{value} %' } }),
      series: groups.flatMap((group, i) => [
        {
          ...still,
          type: 'line',
          name: text(group),
          step: 'end',
          symbol: 'none',
          data: [[0, 100], ...group.curve.timeDays.map((t, k) => point(t, group.curve.survival[k] as number))],
          itemStyle: { color: colours[i] },
          lineStyle: { color: colours[i], width: 2.5 },
        },
        {
          ...still,
          type: 'scatter',
          symbol: 'rect',
          symbolSize: [1.5, 9],
          data: group.curve.timeDays.flatMap((t, k) =>
            group.curve.events[k] === 0 ? [point(t, group.curve.survival[k] as number)] : [],
          ),
          itemStyle: { color: colours[i] },
        },
      ]),
    },
  };
}

function point(timeDays: number, survival: number): readonly [number, number] {
  return [Math.round((timeDays / daysPerYear) * 1e4) / 1e4, Math.round(survival * 1e5) / 1e3];
}
