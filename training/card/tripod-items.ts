import { type CardFacts, isImported } from './card-facts.js';
import { type TripodAnswer, type TripodItem, unknown } from './tripod-answer.js';
import { resultItems } from './tripod-result-items.js';
import { studyItems } from './tripod-study-items.js';

/**
 * The 27 items (52 with their parts) of the checklist, in its order and numbering; the wording is this project's own.
 * @see Collins et al., BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378
 */
export const tripodItems: readonly TripodItem[] = [...studyItems, ...resultItems];

/** Items that are about this program, and so answered for models from elsewhere too. */
const aboutTheProgram: ReadonlySet<string> = new Set(['3b', '12g', '22', '26', '27a', '27b']);

/** The answer of an item; of a model from elsewhere the run knows little. */
export function answerOf(item: TripodItem, facts: CardFacts): TripodAnswer {
  if (!isImported(facts) || aboutTheProgram.has(item.number)) return item.answer(facts);
  return unknown('The model was trained elsewhere: its makers state this.');
}
