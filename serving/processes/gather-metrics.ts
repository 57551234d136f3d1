import type { Gathered } from './messages.js';
import { countersOf } from './metrics-page.js';

/** A process that can be asked for its metrics. */
export interface Source {
  readonly number: number;
  ask(id: number): void;
}

interface Round {
  readonly pages: string[];
  readonly waiting: Set<number>;
  readonly ended: string;
  readonly timer: NodeJS.Timeout;
  readonly done: (gathered: Gathered) => void;
}

/** Asks processes for their metrics, and remembers what ended ones had counted, so that no counter of the server goes back. */
export class MetricsGathering {
  readonly #rounds = new Map<number, Round>();
  readonly #last = new Map<number, string>();
  #ended = '';
  #rounded = 0;

  /** @param deadlineMs how long a process has to answer */
  constructor(private readonly deadlineMs: number) {}

  /** The pages of all sources that answer in time. */
  gather(sources: readonly Source[]): Promise<Gathered> {
    const id = ++this.#rounded;
    return new Promise((done) => {
      const timer = setTimeout(() => this.#finish(id), this.deadlineMs);
      const waiting = new Set(sources.map(({ number }) => number));
      this.#rounds.set(id, { pages: [], waiting, ended: this.#ended, timer, done });
      for (const source of sources) source.ask(id);
      if (waiting.size === 0) this.#finish(id);
    });
  }

  /** What a process has counted so far, in case that it ends without a word. */
  remember(number: number, page: string): void {
    this.#last.set(number, page);
  }

  /** A process has answered. */
  answer(number: number, id: number, page: string): void {
    this.remember(number, page);
    this.#add(number, id, page);
  }

  /** A process has ended. @param page its last words; without them what it last answered */
  end(number: number, page = this.#last.get(number)): void {
    this.#last.delete(number);
    if (page !== undefined) {
      this.#ended = countersOf(this.#ended === '' ? [page] : [this.#ended, page]);
    }
    // A round that began before must not miss what the process had counted: it is not in its copy of what ended ones had.
    for (const id of [...this.#rounds.keys()]) this.#add(number, id, page === undefined ? '' : countersOf([page]));
  }

  #add(number: number, id: number, page: string): void {
    const round = this.#rounds.get(id);
    if (round === undefined || !round.waiting.delete(number)) return;
    round.pages.push(page);
    if (round.waiting.size === 0) this.#finish(id);
  }

  #finish(id: number): void {
    const round = this.#rounds.get(id);
    if (round === undefined) return;
    this.#rounds.delete(id);
    clearTimeout(round.timer);
    round.done({ pages: round.pages, ended: round.ended, missing: [...round.waiting].sort((a, b) => a - b) });
  }
}
