import type { InputPlan } from './input-plan.js';
import type { Position, RowBlock } from './row-block.js';

/** Rows of a file, in blocks. */
export interface RowSource {
  readonly plan: InputPlan;
  /** Before the first row. */
  readonly start: Position;
  /**
   * Reads from a place on; the block is the same one each time, so it is to be used before the next is asked for.
   * @throws ServingError SERVING_BATCH_INPUT when the file cannot be read on
   */
  blocks(from: Position): AsyncIterable<RowBlock>;
  /** Ends what is open. */
  close(): Promise<void>;
}
