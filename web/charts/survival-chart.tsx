import type { CurveReply } from '../server/replies/cohort-reply.js';
import { LineChart, type Point, type Series } from './line-chart.js';

/** What a chart of Kaplan-Meier curves shows. */
export interface SurvivalChartProps {
  readonly title: string;
  readonly description: string;
  readonly curves: readonly { readonly name: string; readonly curve: CurveReply }[];
  /** Draws the 95 % bands. */
  readonly bands?: boolean;
  readonly width?: number;
  readonly height?: number;
}

const daysInYear = 365.25;

/** Kaplan-Meier curves in years from surgery, with censoring marks and patients at risk under the axis. */
export function SurvivalChart({ title, description, curves, bands = false, width, height }: SurvivalChartProps) {
  const last = Math.max(1, ...curves.map(({ curve }) => (curve.timeDays.at(-1) ?? 0) / daysInYear));
  return (
    <LineChart
      title={title}
      description={description}
      series={curves.map(({ name, curve }) => seriesOf(name, curve, bands))}
      xName="years from surgery"
      yName="alive (share)"
      xDomain={[0, last]}
      yDomain={[0, 1]}
      steps
      under={{
        title: 'at risk',
        lines: curves.map(({ name, curve }) => ({ name, at: (years) => atRiskAt(curve, years * daysInYear) })),
      }}
      {...(width === undefined ? {} : { width })}
      {...(height === undefined ? {} : { height })}
    />
  );
}

function seriesOf(name: string, curve: CurveReply, bands: boolean): Series {
  const { timeDays, survival, low, high, deaths, censored } = curve;
  const point = (i: number): Point => {
    const at = { x: (timeDays[i] ?? 0) / daysInYear, y: survival[i] ?? 1 };
    return bands ? { ...at, low: low[i] ?? at.y, high: high[i] ?? at.y } : at;
  };
  const start: Point = bands ? { x: 0, y: 1, low: 1, high: 1 } : { x: 0, y: 1 };
  const all = timeDays.map((_, i) => i);
  // Times at which nobody died say where patients were lost, not how the curve goes; the last one says where it ends.
  const drawn = all.filter((i) => (deaths[i] ?? 0) > 0 || i === timeDays.length - 1);
  return {
    name,
    points: [start, ...drawn.map(point)],
    marks: all.filter((i) => (censored[i] ?? 0) > 0).map(point),
  };
}

/** Patients still under observation just before a day. */
function atRiskAt({ timeDays, atRisk }: CurveReply, day: number): number {
  const next = timeDays.findIndex((time) => time >= day);
  return next < 0 ? 0 : (atRisk[next] ?? 0);
}

/** The share alive at a day with its 95 % interval; undefined when nobody was followed so long. */
export function aliveAt(
  curve: CurveReply,
  day: number,
): { readonly share: number; readonly low: number; readonly high: number } | undefined {
  if ((curve.timeDays.at(-1) ?? 0) < day) return undefined;
  const at = curve.timeDays.findLastIndex((time) => time <= day);
  return { share: curve.survival[at] ?? 1, low: curve.low[at] ?? 1, high: curve.high[at] ?? 1 };
}
