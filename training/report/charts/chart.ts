import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml, type Html, printable, trusted } from '../page/html.js';
import { palette, themed } from './palette.js';

export interface Chart {
  /** Unique on the page: letters, digits, `-`. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the picture should know: what is drawn and what it shows. */
  readonly description: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly option: EChartsCoreOption;
}

/**
 * A picture as inline SVG with title and description. The same chart gives the same bytes: the library's running ids and
 * its marks for interaction are taken out.
 */
export function chartSvg(chart: Chart): Html {
  use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, SVGRenderer]);
  const instance = init(null, null, { renderer: 'svg', ssr: true, width: chart.width, height: chart.height });
  try {
    instance.setOption({ animation: false, textStyle: { fontFamily: 'inherit', color: palette.ink }, ...chart.option });
    return trusted(
      themed(labelled(withoutTraces(printable(instance.renderToSVGString({ useViewBox: true })), chart.id), chart)),
    );
  } finally {
    instance.dispose();
  }
}

function withoutTraces(svg: string, id: string): string {
  return svg
    .replace(/<style ?><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>\n?/g, '')
    .replace(/ (ecmeta_\w+|class|pointer-events)="[^"]*"/g, '')
    .replace(/(id="|url\(#)zr\d+-/g, `$1${id}-`)
    .replace(/\n+/g, '\n');
}

function labelled(svg: string, { id, title, description, width }: Chart): string {
  const open = `role="img" aria-labelledby="${id}-title ${id}-desc" style="max-width:${width}px"`;
  const texts = `<title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-desc">${escapeHtml(description)}</desc>`;
  return svg.replace(
    /^<svg width="\d+" height="\d+" ([^>]*)>/,
    (_whole, rest: string) => `<svg ${open} ${rest}>${texts}`,
  );
}

const label = { color: palette.muted, fontSize: 12 };
const line = { lineStyle: { color: palette.rule } };

/** An axis in the page's colours, its name in the middle. */
export function axis(name: string, nameGap: number, more: Readonly<Record<string, unknown>> = {}): object {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: { color: palette.ink, fontSize: 13 },
    axisLabel: label,
    axisLine: { show: true, ...line },
    axisTick: { show: false },
    splitLine: { show: true, ...line },
    ...more,
  };
}

/** What every series has: drawn, not pointed at. */
export const still = { silent: true, emphasis: { disabled: true } } as const;

export const legend = { textStyle: { color: palette.ink, fontSize: 13 }, itemWidth: 22, selectedMode: false } as const;

export { label as axisLabel };
