import { type Colour, drawText, fillBox, glyphHeight, textWidth } from './font.js';
import type { Panel, Picture, Window } from './panel.js';

const ink: Colour = [255, 224, 96];
const rim: Colour = [0, 0, 0];
const [small, large, margin] = [1, 2, 6];

/**
 * Writes into a panel what a reader needs: which cut it is, the patient's sides at its edges, the grey window and a scale
 * bar. Positions are patient coordinates (LPS) in mm.
 */
export function annotate(picture: Picture, panel: Panel, window: Window): void {
  const { left, top, side, view } = panel;
  drawText(picture, panel.title, left + margin, top + margin, small, ink);
  const grey = `L ${shortNumber(window.centre)} W ${shortNumber(window.width)}`;
  drawText(picture, grey, left + side - margin - textWidth(grey, small), top + margin, small, ink);
  const middle = Math.floor(side / 2);
  const half = (letter: string) => Math.floor(textWidth(letter, large) / 2);
  const { edges } = view;
  const low = side - margin - glyphHeight * large;
  drawText(picture, edges.left, left + margin, top + middle - glyphHeight, large, ink);
  drawText(
    picture,
    edges.right,
    left + side - margin - textWidth(edges.right, large),
    top + middle - glyphHeight,
    large,
    ink,
  );
  drawText(picture, edges.top, left + middle - half(edges.top), top + margin, large, ink);
  drawText(picture, edges.bottom, left + middle - half(edges.bottom), top + low, large, ink);
  drawScale(picture, panel);
}

/** At most 2 decimals, none where there are none. */
function shortNumber(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 0)));
}

/** A bar of a round length, about a fifth of the panel, with its length beside it. */
function drawScale(picture: Picture, panel: Panel): void {
  const lengthMm = roundLengthMm(panel.area.sideMm / 4);
  const pixels = Math.round((lengthMm / panel.area.sideMm) * panel.side);
  const [u, v] = [panel.left + margin, panel.top + panel.side - margin - 2];
  fillBox(picture, u - 1, v - 1, pixels + 2, 4, rim);
  for (const end of [u, u + pixels - 2]) {
    fillBox(picture, end - 1, v - 5, 4, 8, rim);
    fillBox(picture, end, v - 4, 2, 6, ink);
  }
  fillBox(picture, u, v, pixels, 2, ink);
  drawText(picture, `${lengthMm} mm`, u + pixels + 5, v - glyphHeight + 2, small, ink);
}

/** The largest of 1, 2, 5, 10, 20, … (or 0.5, 0.2, …) that is not above a length. */
function roundLengthMm(mostMm: number): number {
  const power = 10 ** Math.floor(Math.log10(mostMm));
  const factor = [5, 2, 1].find((f) => f * power <= mostMm * (1 + 1e-9)) ?? 1;
  return Number((factor * power).toPrecision(1));
}
