/** A reply that is made and not yet written. */
export interface ReadyReply {
  /** `performance.now()` when the headers of its request had arrived. */
  readonly startMs: number;
  /** Hands it to the connection. */
  write(): void;
  /** What is done once it is on its way. */
  written(): void;
}

/** Requests that come later than this after the last reply are not crowded. */
const apartMs = 0.02;
/** Replies that wait for one another at most. */
const mostWaiting = 16;

/**
 * Writes the replies that one turn of the event loop makes one after the other at its end, and does what follows a reply after that. Whoever waits for replies is woken by the first and
 * finds the others, where each would have woken them anew at the price of a third of the whole request; a reply to a request that comes alone is written at once.
 */
export class ReplyQueue {
  #ready: ReadyReply[] = [];
  /** More than one reply was made in the last turn that made any. */
  #crowded = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Writes a reply now or at the end of this turn. */
  add(reply: ReadyReply): void {
    if (!this.#crowded && this.#ready.length === 0 && reply.startMs - this.#lastMs > apartMs) {
      reply.write();
      reply.written();
      this.#lastMs = performance.now();
      return;
    }
    const waiting = this.#ready.push(reply);
    if (waiting === 1) setImmediate(() => this.flush());
    else if (waiting >= mostWaiting) this.flush();
  }

  /** Writes what waits, before something that may take long. */
  flush(): void {
    if (this.#ready.length === 0) return;
    const ready = this.#ready;
    this.#ready = [];
    for (const reply of ready) reply.write();
    for (const reply of ready) reply.written();
    this.#crowded = ready.length > 1;
    this.#lastMs = performance.now();
  }
}
