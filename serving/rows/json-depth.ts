import { ServingError, servingErrors } from '../errors.js';

/** Levels of lists and objects within each other; the deepest body that is understood has 4. */
export const mostLevels = 32;

/**
 * Refuses deep JSON before it is parsed. A text with few brackets, as one record has, is not looked at character by character.
 * @throws ServingError SERVING_TOO_DEEP
 */
export function assertShallow(text: string): void {
  let brackets = 0;
  for (const bracket of ['[', '{']) {
    for (let at = text.indexOf(bracket); at >= 0 && brackets <= mostLevels; at = text.indexOf(bracket, at + 1)) {
      brackets++;
    }
  }
  if (brackets > mostLevels && deeperThan(text, mostLevels)) {
    throw new ServingError('SERVING_TOO_DEEP', servingErrors.SERVING_TOO_DEEP(mostLevels));
  }
}

function deeperThan(text: string, most: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) i = endOfString(text, i);
    else if (code === openList || code === openObject) {
      if (++depth > most) return true;
    } else if (code === closeList || code === closeObject) depth--;
  }
  return false;
}

const [quote, backslash, openList, closeList, openObject, closeObject] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Position of the quote that ends the string which begins here; the text's length when nothing ends it. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === backslash) i++;
    else if (code === quote) return i;
  }
  return text.length;
}
