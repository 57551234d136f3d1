import { type Document, isScalar, isSeq, visit } from 'yaml';
import { pythonFloat } from './python-float.js';
import type { Sigma } from './settings.js';

/** A number as it was written, put into the document in place of the number itself. */
class WrittenNumber {
  constructor(
    readonly value: number,
    readonly source: string,
  ) {}
  toJSON(): number {
    return this.value;
  }
}

/**
 * Keeps how the numbers of `sigma` lists are written: Python tells 2 from 2.0, and PyRadiomics names columns after its
 * text (`log-sigma-2-mm-3D`, `log-sigma-2-0-mm-3D`).
 */
export function keepSigmaText(document: Document): void {
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== 'sigma' || !isSeq(value)) return;
      for (const item of value.items) {
        if (!isScalar(item) || typeof item.value !== 'number') continue;
        item.value = new WrittenNumber(item.value, item.source ?? String(item.value));
      }
    },
  });
}

/** The width that a list item stands for, or undefined when it is not a number above 0. */
export function sigmaOf(item: unknown): Sigma | undefined {
  if (!(item instanceof WrittenNumber) || !(item.value > 0) || !Number.isFinite(item.value)) return undefined;
  const whole = /^[-+]?\d+$/.test(item.source);
  return { mm: item.value, text: whole ? String(item.value) : pythonFloat(item.value) };
}
