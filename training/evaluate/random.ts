import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws whole numbers from 0 to `below` - 1, all equally likely. */
export type DrawInteger = (below: number) => number;

/**
 * A seeded source of whole numbers (xoroshiro128+). Each purpose has its own stream, so that drawing more for one
 * leaves the others as they are.
 * @param seed   integer
 * @param stream name of what is drawn, for example `folds`
 */
export function seededDraw(seed: number, stream: string): DrawInteger {
  const generator = xoroshiro128plus(mix(seed, stream));
  return (below) => uniformInt(generator, 0, below - 1);
}

/** FNV-1a over the stream's name, started from the seed. */
function mix(seed: number, stream: string): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < stream.length; i++) hash = Math.imul(hash ^ stream.charCodeAt(i), 0x01000193);
  return hash;
}

/** A random order of the items (Fisher-Yates); the input is left alone. */
export function shuffled<T>(items: readonly T[], draw: DrawInteger): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    const held = result[i] as T;
    result[i] = result[j] as T;
    result[j] = held;
  }
  return result;
}
