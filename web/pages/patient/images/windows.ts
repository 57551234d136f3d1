import type { RegionFacts } from '../../../server/replies/patient-reply.js';

/** Which HU are shown from black to white. */
export interface GreyWindow {
  readonly centre: number;
  readonly width: number;
}

/** A window that radiology has a name for. */
export interface NamedWindow extends GreyWindow {
  readonly name: string;
}

/** As radiology shows lung, soft tissue and bone (HU). */
export const usualWindows: readonly NamedWindow[] = [
  { name: 'lung', centre: -600, width: 1500 },
  { name: 'mediastinum', centre: 40, width: 400 },
  { name: 'bone', centre: 400, width: 1800 },
];

/** A window for the region itself: its 5th to 95th percentile with as much on either side. */
export function windowOf({ hu }: Pick<RegionFacts, 'hu'>): NamedWindow {
  const width = Math.max(50, Math.round(3 * (hu.high - hu.low)));
  return { name: 'tumour', centre: Math.round((hu.high + hu.low) / 2), width };
}

/** The name of a window, where it is one of these. */
export function nameOf(window: GreyWindow, named: readonly NamedWindow[]): string | undefined {
  return named.find(({ centre, width }) => centre === window.centre && width === window.width)?.name;
}
