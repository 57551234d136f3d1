import { type CohortIndex, indexCohort } from '../../cohort/index.js';

/** How long an index counts as new: a patient it lacks is not looked for again before that. */
const freshMs = 30_000;

/** The folder of raw files: read through when first asked for, then remembered. */
export class CohortFiles {
  readonly #root: string;
  #index: Promise<CohortIndex> | undefined;
  #known: CohortIndex | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(root: string) {
    this.#root = root;
  }

  /** What the folder held when it was last read; undefined while it is read for the first time. */
  get known(): CohortIndex | undefined {
    return this.#known;
  }

  /** What the folder holds. @throws CohortError when it cannot be read; the next call tries again */
  index(): Promise<CohortIndex> {
    this.#index ??= this.#read();
    return this.#index;
  }

  /** Reads the folder again, unless that was done a moment ago and nobody insists. @throws as `index` */
  again(insists = false): Promise<CohortIndex> {
    if (insists || performance.now() - this.#readAt > freshMs) this.#index = undefined;
    return this.index();
  }

  async #read(): Promise<CohortIndex> {
    this.#readAt = performance.now();
    try {
      this.#known = await indexCohort(this.#root);
      return this.#known;
    } catch (error) {
      this.#index = undefined;
      throw error;
    }
  }
}
