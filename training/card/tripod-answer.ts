import type { CardFacts } from './card-facts.js';

/** What a run can say about an item of the checklist. */
export type TripodAnswer =
  | { readonly status: 'answered'; readonly where: string; readonly text: string }
  /** The run does not know: whoever publishes the model has to say it. */
  | { readonly status: 'unknown'; readonly text: string }
  | { readonly status: 'not applicable'; readonly text: string };

/** One item of the TRIPOD+AI checklist. */
export interface TripodItem {
  /** `12c`. */
  readonly number: string;
  readonly section: string;
  /** What the item asks for, in this project's words. */
  readonly asks: string;
  readonly answer: (facts: CardFacts) => TripodAnswer;
}

export const answered = (where: string, text: string): TripodAnswer => ({ status: 'answered', where, text });
export const unknown = (text: string): TripodAnswer => ({ status: 'unknown', text });
export const notApplicable = (text: string): TripodAnswer => ({ status: 'not applicable', text });
export const authors = (what: string) => (): TripodAnswer =>
  unknown(`Not known to the run: the authors state ${what}.`);
/** Answers that need the report of the training. */
export const fromReport = (answer: (report: NonNullable<CardFacts['report']>, facts: CardFacts) => TripodAnswer) => {
  return (facts: CardFacts): TripodAnswer =>
    facts.report === undefined
      ? unknown('The report of the training is not with the model.')
      : answer(facts.report, facts);
};

export const metricsText = (metrics: CardFacts['manifest']['metrics']): string =>
  Object.entries(metrics)
    .map(([name, { value, low, high }]) => `${name} ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`)
    .join(', ');
