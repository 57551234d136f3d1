/**
 * Deals requests out in proportion to weights, as evenly as they can be: after any number of requests each share is within one request of
 * its due (smooth weighted round robin). No randomness, so that a test and an audit can follow it.
 */
export class TrafficSplit {
  readonly #weights: readonly number[];
  readonly #credit: Float64Array;
  readonly #total: number;

  /** @param weights 0 or more, one of them above 0 */
  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#credit = new Float64Array(weights.length);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Whose turn it is. */
  next(): number {
    const credit = this.#credit;
    let chosen = -1;
    for (let i = 0; i < credit.length; i++) {
      const weight = this.#weights[i] as number;
      credit[i] = (credit[i] as number) + weight;
      if (weight > 0 && (chosen < 0 || (credit[i] as number) > (credit[chosen] as number))) chosen = i;
    }
    credit[chosen] = (credit[chosen] as number) - this.#total;
    return chosen;
  }
}
