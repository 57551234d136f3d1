import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

function digest(seed: number, labels: readonly (string | number)[]): Buffer {
  return createHash('sha256')
    .update(`thoracle synthetic cohort/${seed}/${labels.join('/')}`)
    .digest();
}

/**
 * Seeded random numbers. Every purpose has its own stream, named by labels, so that one more draw for one patient does
 * not change another patient.
 */
export class RandomStream {
  private readonly generator: RandomGenerator;

  constructor(seed: number, ...labels: (string | number)[]) {
    const bytes = digest(seed, labels);
    this.generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => bytes.readInt32LE(at)));
  }

  /** 32 random bits as a signed number. */
  bits(): number {
    return this.generator.next();
  }

  /** In the open interval (0, 1). */
  uniform(): number {
    const high = this.generator.next() >>> 6;
    const low = this.generator.next() >>> 5;
    return (high * 2 ** 27 + low + 0.5) / 2 ** 53;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** One of the values, with probability proportional to its weight. */
  weighted<T>(choices: readonly (readonly [value: T, weight: number])[]): T {
    let rest = this.uniform() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of choices) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return (choices.at(-1) as readonly [T, number])[0];
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(values: readonly T[]): T[] {
    const copy = [...values];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.whole(0, i);
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  }
}

/**
 * A DICOM UID that depends on seed and labels only: `2.25.` and a UUID as a decimal number (PS3.5 annex B.2), so below
 * 2^128 and at most 44 characters long.
 */
export function syntheticUid(seed: number, ...labels: (string | number)[]): string {
  const bytes = digest(seed, ['uid', ...labels]).subarray(0, 16);
  // RFC 9562 version 8 (made by a rule of our own), variant 1.
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}

/** A file name that tells nothing: 16 hexadecimal digits. */
export function opaqueName(seed: number, ...labels: (string | number)[]): string {
  return digest(seed, ['name', ...labels]).toString('hex', 0, 8);
}
