/** The names of a list as they stand in JSON, for comparing them in place. */
export interface NameBytes {
  /** All names one after the other, in UTF-8. */
  readonly bytes: DataView;
  /** Where each begins in `bytes`, and where the last ends. */
  readonly from: Int32Array;
  /** Whether each stands between quotes as it is, without escapes. */
  readonly plain: readonly boolean[];
}

/** Makes them for a model, once. */
export function nameBytes(names: readonly string[]): NameBytes {
  const parts = names.map((name) => Buffer.from(name));
  const from = new Int32Array(names.length + 1);
  for (const [i, part] of parts.entries()) from[i + 1] = (from[i] as number) + part.length;
  const bytes = Buffer.concat(parts);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes: view, from, plain: names.map((name) => JSON.stringify(name) === `"${name}"`) };
}
