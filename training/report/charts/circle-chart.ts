import { shortened } from '../page/format.js';
import { axis, type Chart, legend, still } from './chart.js';
import { palette, seriesColour } from './palette.js';

/** A column in the plane of the first two components. */
export interface CirclePoint {
  readonly name: string;
  /** Index into the modalities. */
  readonly modality: number;
  /** Correlation with PC1 and PC2, in [-1, 1]. */
  readonly x: number;
  readonly y: number;
}

const plot = { width: 820, height: 480, left: 20, right: 20, top: 44, bottom: 40 } as const;
const reachY = 1.12;
const reachX = (reachY * (plot.width - plot.left - plot.right)) / (plot.height - plot.top - plot.bottom);

/**
 * Correlation circle: arrows for the labelled columns, dots for the others, labels in two columns beside the circle.
 * @param points     all dots to draw, strongest first
 * @param labelled   how many of them, from the first, get a name and an arrow
 * @param modalities names, in the order of the points' indexes
 * @param shares     of variance of PC1 and PC2, as text
 */
export function circleChart(
  points: readonly CirclePoint[],
  labelled: number,
  modalities: readonly string[],
  shares: readonly [string, string],
): Chart {
  const named = points.slice(0, labelled);
  const range = (reach: number) => ({ min: -reach, max: reach, interval: 0.5, splitLine: { show: false } });

  return {
    id: 'circle',
    title: 'Correlation circle',
    description: `Correlation of ${points.length} columns with the first two components. Farthest from the centre: ${named
      .slice(0, 3)
      .map((p) => p.name)
      .join(', ')}.`,
    width: plot.width,
    height: plot.height,
    option: {
      grid: { left: plot.left, right: plot.right, top: plot.top, bottom: plot.bottom },
      legend: {
        ...legend,
        top: 4,
        left: 'center',
        itemGap: 32,
        data: modalities.map((name) => ({ name, icon: 'circle' })),
      },
      xAxis: axis(`PC1 (${shares[0]})`, 24, {
        ...range(reachX),
        min: -reachX,
        axisLabel: { show: false },
        axisLine: { show: false },
      }),
      yAxis: axis('', 0, { ...range(reachY), axisLabel: { show: false }, axisLine: { show: false } }),
      series: [
        ...frame(shares[1]),
        ...modalities.map((name, m) => dots(name, m, points)),
        ...arrows(named),
        ...labels(named),
      ],
    },
  };
}

function frame(share2: string): readonly object[] {
  const circle = Array.from({ length: 121 }, (_, i) => {
    const angle = (i / 120) * 2 * Math.PI;
    return [round(Math.cos(angle)), round(Math.sin(angle))];
  });
  const drawn = { ...still, type: 'line', symbol: 'none' } as const;
  const thin = { color: palette.muted, width: 1 };
  return [
    { ...drawn, data: circle, lineStyle: { ...thin, width: 1.5 } },
    {
      ...drawn,
      data: [
        [-1, 0],
        [1, 0],
      ],
      lineStyle: { ...thin, type: 'dashed' },
    },
    {
      ...drawn,
      data: [
        [0, -1],
        [0, 1],
      ],
      lineStyle: { ...thin, type: 'dashed' },
    },
    {
      ...still,
      type: 'scatter',
      symbolSize: 0,
      data: [
        {
          value: [0, 1],
          label: {
            show: true,
            position: 'top',
            distance: 2,
            formatter: () => `PC2 (${share2})`,
            color: palette.ink,
            fontSize: 13,
          },
        },
      ],
    },
  ];
}

function dots(name: string, modality: number, points: readonly CirclePoint[]): object {
  return {
    ...still,
    type: 'scatter',
    name,
    symbolSize: 6,
    itemStyle: { color: seriesColour(modality), opacity: 0.85 },
    data: points.filter((p) => p.modality === modality).map((p) => [round(p.x), round(p.y)]),
  };
}

function arrows(named: readonly CirclePoint[]): readonly object[] {
  return named.map((p) => ({
    ...still,
    type: 'line',
    symbol: 'none',
    lineStyle: { color: seriesColour(p.modality), width: 1.5, type: 'solid' },
    data: [
      [0, 0],
      [round(p.x), round(p.y)],
    ],
  }));
}

/** Names stand at the side their point is on, moved apart, each tied to its point. */
function labels(named: readonly CirclePoint[]): readonly object[] {
  return ([1, -1] as const).flatMap((side) => {
    const here = named.filter((p) => (p.x >= 0 ? 1 : -1) === side).sort((a, b) => b.y - a.y);
    const heights = spread(here.map((p) => p.y));
    return here.flatMap((p, i) => {
      const at = [side * 1.18, round(heights[i] as number)];
      const text = shortened(p.name, 30);
      const label = {
        show: true,
        position: side > 0 ? 'right' : 'left',
        distance: 4,
        formatter: () => text,
        color: palette.ink,
        fontSize: 12,
      };
      return [
        {
          ...still,
          type: 'line',
          symbol: 'none',
          lineStyle: { color: palette.rule, width: 1, type: 'solid' },
          data: [[round(p.x), round(p.y)], at],
        },
        { ...still, type: 'scatter', symbolSize: 0, data: [{ value: at, label }] },
      ];
    });
  });
}

const gap = 0.1;

/** Heights, descending, moved at least a line apart and kept inside the plot. */
function spread(wanted: readonly number[]): readonly number[] {
  const placed: number[] = [];
  for (const height of wanted) placed.push(Math.min(height, (placed.at(-1) ?? Number.POSITIVE_INFINITY) - gap));
  const lowest = placed.at(-1) ?? 0;
  const lift = Math.max(0, -1.05 - lowest);
  const lifted: number[] = [];
  for (let i = placed.length - 1; i >= 0; i--) {
    const below = lifted[0];
    const room = below === undefined ? Number.NEGATIVE_INFINITY : below + gap;
    const height = placed[i] as number;
    lifted.unshift(lift > 0 ? Math.max(room, Math.min(height + lift, Math.max(height, -1.05))) : height);
  }
  return lifted;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
