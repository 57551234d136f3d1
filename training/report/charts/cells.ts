import { palette } from './palette.js';

/** One cell of a heat map: position on two category axes, how strong (0 to 1), and what is written on it. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly strength: number;
  readonly text?: string;
}

/**
 * Heat map as squares whose opacity is the strength, so that it reads on light and dark alike.
 * @param size of a cell in pixels, width and height
 */
export function cellSeries(cells: readonly Cell[], size: readonly [number, number]): object {
  return {
    type: 'scatter',
    silent: true,
    emphasis: { disabled: true },
    symbol: 'rect',
    symbolSize: [size[0] - 2, size[1] - 2],
    data: cells.map(({ x, y, strength, text }) => ({
      value: [x, y],
      itemStyle: { color: palette.blue, opacity: Math.round((0.04 + 0.96 * strength) * 1000) / 1000 },
      ...(text === undefined ? {} : { label: cellLabel(text) }),
    })),
  };
}

/** In the page's text colour, which reads on a cell up to a strength of one half in both themes. */
function cellLabel(text: string): object {
  return {
    show: true,
    position: 'inside',
    formatter: () => text,
    color: palette.ink,
    opacity: 1,
    fontSize: 15,
    lineHeight: 20,
  };
}
