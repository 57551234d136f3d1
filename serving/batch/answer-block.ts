import { type Contributions, PredictError, type Prediction, type Predictor } from '../predict/index.js';
import type { InputKind } from '../rows/input-names.js';
import type { AnswerLines } from './answer-lines.js';
import type { RowBlock } from './row-block.js';

/**
 * Answers the rows of a block. Those that the model refuses (a number that no float holds) are moved to the bad ones.
 * @returns a line for each row that was answered
 */
export function answerBlock(
  predictor: Predictor,
  kind: InputKind,
  block: RowBlock,
  lines: AnswerLines,
  explain: boolean,
): string {
  if (block.count === 0) return '';
  const predict = (rows: Float64Array): Answers => ({
    predictions: kind === 'features' ? predictor.predictRows(rows) : predictor.predictComponents(rows),
    contributions: explain ? predictor.explainRows(rows) : undefined,
  });
  const { rows, width, count } = block;
  try {
    return written(predict(rows.subarray(0, count * width)), block, 0, lines);
  } catch (error) {
    if (!isOfRow(error)) throw error;
  }
  let text = '';
  let kept = 0;
  const refusedBefore = block.bad.length;
  for (let r = 0; r < count; r++) {
    try {
      text += written(predict(rows.subarray(r * width, (r + 1) * width)), block, r, lines);
      kept++;
    } catch (error) {
      if (!isOfRow(error)) throw error;
      block.refuse(block.numbers[r] as number, block.lines[r] as number, {
        code: error.code,
        reason: error.reason,
        ...(error.column === undefined ? {} : { column: error.column }),
      });
    }
  }
  block.count = kept;
  if (block.bad.length > refusedBefore) block.bad.sort((a, b) => a.row - b.row);
  return text;
}

interface Answers {
  readonly predictions: readonly Prediction[];
  readonly contributions: readonly Contributions[] | undefined;
}

function written({ predictions, contributions }: Answers, block: RowBlock, from: number, lines: AnswerLines): string {
  let text = '';
  for (const [i, prediction] of predictions.entries()) {
    text += lines.line({
      row: block.numbers[from + i] as number,
      id: block.ids[from + i] as string | null,
      prediction,
      contributions: contributions?.[i],
    });
  }
  return text;
}

function isOfRow(error: unknown): error is PredictError {
  return error instanceof PredictError && error.record !== undefined;
}
