/**
 * Chooses a share of requests without chance: by a hash of the client's own id, so that the same id is chosen on every server and in every run with the same seed; by a hash of the
 * number of the request where it has none.
 * @param share 0 to 1
 */
export function sampling(share: number, seed: number): (inferenceId: string) => boolean {
  const below = share * 2 ** 32;
  let counted = 0;
  return (inferenceId) => mixed(inferenceId === '' ? counted++ : textHash(inferenceId), seed) < below;
}

/** FNV-1a, 32 bits, over UTF-16 code units. @see draft-eastlake-fnv */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Spreads 32 bits evenly (the finaliser of MurmurHash3). @returns 0 to 2^32 - 1 */
function mixed(value: number, seed: number): number {
  let h = (value ^ Math.imul(seed + 1, 0x9e3779b9)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
