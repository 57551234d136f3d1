import fc, { type Arbitrary } from 'fast-check';
import * as broken from './broken-http.js';
import * as sound from './sound-http.js';
import type { WireRequest } from './wire.js';

/** Kinds of requests with their share, in thousandths. */
function table(token: string): readonly (readonly [number, Arbitrary<WireRequest>])[] {
  return [
    [90, broken.requestLines],
    [70, broken.smuggling],
    [80, broken.headerLines],
    [25, broken.largeHeaders],
    [70, broken.chunks],
    [45, broken.lengths],
    [40, broken.pipelines],
    [60, broken.damaged],
    [10, broken.slow],
    [180, sound.rowBodies],
    [80, sound.tensors],
    [60, sound.encodings],
    [80, sound.addresses],
    [40, sound.loads],
    [1, sound.bombs],
    [35, sound.signatures],
    [34, sound.credentials(token)],
  ];
}

/** Gives the request of an index: the same for the same seed and token, but for the date of a signature. */
export function generator(seed: number, token: string): (index: number) => WireRequest {
  const kinds = table(token);
  // As often as its share says, so that an index picks one.
  const drawn = kinds.flatMap(([share, kind]) => Array.from({ length: share }, () => kind));
  return (index) => {
    // A step without a factor in common with the total meets every share evenly, from the first hundred requests on.
    const chosen = drawn[(index * 379 + 250) % drawn.length] as Arbitrary<WireRequest>;
    const own = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0xc2b2ae35)) | 0;
    return fc.sample(chosen, { seed: own, numRuns: 1 })[0] as WireRequest;
  };
}
