import type { Picture } from './panel.js';

/** Pixels of a character: 5 wide, 7 high, one column left free behind it. */
export const glyphWidth = 6;
export const glyphHeight = 7;

/** Rows from the top, 5 bits each, the leftmost pixel the highest bit. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  ' ': [0, 0, 0, 0, 0, 0, 0],
  '-': [0, 0, 0, 14, 0, 0, 0],
  '.': [0, 0, 0, 0, 0, 12, 12],
  '/': [1, 1, 2, 4, 8, 16, 16],
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  E: [31, 16, 16, 30, 16, 16, 31],
  G: [14, 17, 16, 23, 17, 17, 15],
  I: [14, 4, 4, 4, 4, 4, 14],
  L: [16, 16, 16, 16, 16, 16, 31],
  N: [17, 17, 25, 21, 19, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  Q: [14, 17, 17, 17, 21, 18, 13],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  W: [17, 17, 17, 21, 21, 21, 10],
  X: [17, 17, 10, 4, 10, 17, 17],
  Y: [17, 17, 10, 4, 4, 4, 4],
  Z: [31, 1, 2, 4, 8, 16, 31],
  m: [0, 0, 26, 21, 21, 21, 21],
};

export type Colour = readonly [red: number, green: number, blue: number];

const ground: Colour = [0, 0, 0];

/** Width of a text in pixels at a magnification. */
export function textWidth(text: string, magnification: number): number {
  return (text.length * glyphWidth - 1) * magnification;
}

/**
 * Writes a text with its upper left corner at a pixel, on a dark box so that it can be read on any grey. What leaves the
 * picture is cut off.
 * @throws TypeError for a character that the font lacks: all texts are the program's own
 */
export function drawText(picture: Picture, text: string, left: number, top: number, size: number, ink: Colour): void {
  fillBox(picture, left - 2, top - 2, textWidth(text, size) + 4, glyphHeight * size + 4, ground);
  [...text].forEach((character, position) => {
    const rows = glyphs[character];
    if (rows === undefined) throw new TypeError(`No glyph for "${character}"`);
    rows.forEach((bits, y) => {
      for (let x = 0; x < 5; x++) {
        const at = left + (position * glyphWidth + x) * size;
        if ((bits & (16 >> x)) !== 0) fillBox(picture, at, top + y * size, size, size, ink);
      }
    });
  });
}

/** Fills a box of pixels, cut off at the picture's edges. */
export function fillBox(
  picture: Picture,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: Colour,
): void {
  for (let v = Math.max(0, top); v < Math.min(picture.height, top + height); v++) {
    for (let u = Math.max(0, left); u < Math.min(picture.width, left + width); u++) {
      picture.data.set(colour, 3 * (v * picture.width + u));
    }
  }
}
