import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { RampStep } from './find-capacity.js';

const size = { width: 720, height: 420 } as const;
const colours = { p50: '#1f6f8b', p90: '#8a6d1d', p99: '#a33b2a', ink: '#222222' } as const;

/** Latency over the rate that was wanted as an SVG document, with the bound as a dashed line. Both axes are logarithmic. */
export function latencySvg(steps: readonly RampStep[], p99Ms: number): string {
  use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  const curve = (key: 'p50' | 'p90' | 'p99') => ({
    name: key,
    type: 'line' as const,
    color: colours[key],
    data: steps.map(({ wanted, result }) => [wanted, Math.max(result[`${key}Ms`], leastMs)]),
  });
  const axis = (name: string, nameGap: number) => ({
    type: 'log' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap,
    nameTextStyle: { color: colours.ink },
  });
  const ends = [steps[0]?.wanted ?? 1, steps.at(-1)?.wanted ?? 1];
  try {
    chart.setOption({
      animation: false,
      title: { text: 'Latency by rate of requests', left: 'center', textStyle: { fontSize: 15 } },
      legend: { top: 30 },
      grid: { left: 70, right: 30, top: 70, bottom: 60 },
      xAxis: axis('requests per second', 32),
      yAxis: axis('milliseconds', 45),
      series: [
        curve('p50'),
        curve('p90'),
        curve('p99'),
        {
          name: `bound (${p99Ms} ms)`,
          type: 'line',
          showSymbol: false,
          color: colours.ink,
          lineStyle: { type: 'dashed' },
          data: ends.map((rate) => [rate, p99Ms]),
        },
      ],
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** A logarithmic axis has no zero. */
const leastMs = 0.01;
