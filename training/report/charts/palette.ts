/**
 * Colours as the chart library sees them, and the style sheet's variable each stands for: the picture follows the page's
 * light or dark theme. The values are stand-ins that nothing else uses.
 */
export const palette = {
  ink: '#0a0b01',
  muted: '#0a0b02',
  rule: '#0a0b03',
  panel: '#0a0b04',
  blue: '#0a0b05',
  orange: '#0a0b06',
  green: '#0a0b07',
  purple: '#0a0b08',
} as const;

export type PaletteColour = keyof typeof palette;

const series = [palette.blue, palette.orange, palette.green, palette.purple] as const;

/** One colour per modality, in the order given; beyond four they repeat. */
export function seriesColour(index: number): string {
  return series[index % series.length] as string;
}

/** Replaces the stand-ins where they are a whole attribute; text is left alone. */
export function themed(svg: string): string {
  return Object.entries(palette).reduce(
    (out, [name, colour]) => out.replaceAll(`="${colour}"`, `="var(--${name})"`),
    svg,
  );
}
