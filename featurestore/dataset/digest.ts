import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { Dataset } from '../contract/index.js';

/** float64 values in one piece of the hash. */
const pieceLength = 8192;
const isBigEndian = endianness() === 'BE';

/**
 * SHA-256 (hex) over a length-prefixed JSON head (ids, columns with version, role and unit, groups, event flags), then the values,
 * the times and the presence flags; float64 little-endian, every NaN the same bytes. Two datasets with the same digest are the same.
 */
export function datasetDigest(dataset: Omit<Dataset, 'digest'>): string {
  const head = JSON.stringify({
    ids: dataset.patientIds,
    columns: dataset.columns.map((c) => [c.group, c.version, c.feature, c.role, c.unit]),
    groups: dataset.spec.groups.map((group) => group.name),
    events: dataset.outcomes.map((outcome) => (outcome.event ? 1 : 0)),
  });
  const sha = createHash('sha256');
  sha.update(`${Buffer.byteLength(head)}\n`).update(head);
  updateWithDoubles(sha, dataset.values);
  updateWithDoubles(
    sha,
    Float64Array.from(dataset.outcomes, (outcome) => outcome.timeDays),
  );
  return sha.update(dataset.present).digest('hex');
}

function updateWithDoubles(sha: ReturnType<typeof createHash>, values: Float64Array): void {
  const piece = new Float64Array(pieceLength);
  const bytes = Buffer.from(piece.buffer);
  for (let from = 0; from < values.length; from += pieceLength) {
    const count = Math.min(pieceLength, values.length - from);
    for (let i = 0; i < count; i++) {
      const value = values[from + i] as number;
      piece[i] = Number.isNaN(value) ? Number.NaN : value;
    }
    if (isBigEndian) bytes.swap64();
    sha.update(bytes.subarray(0, count * 8));
  }
}
