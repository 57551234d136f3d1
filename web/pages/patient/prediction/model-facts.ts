/** What `GET /model` says, as far as the page needs it. */
export interface ModelFacts {
  readonly modelId: string;
  readonly task: { readonly kind: 'status' | 'horizon' | 'survival'; readonly horizonDays?: number };
  readonly answer: 'probability' | 'hazard' | 'log-time';
  readonly columns: readonly { readonly feature: string }[];
  readonly trainedOn: { readonly patients: number; readonly events: number; readonly modalities: readonly string[] };
  readonly warnings: readonly string[];
}

/** What the number of a model is called, what it says, and on what scale its contributions are. */
export function meaningOf({ task, answer }: ModelFacts): {
  readonly name: string;
  readonly sentence: string;
  readonly scale: string;
} {
  if (answer === 'hazard') {
    return {
      name: 'hazard ratio',
      sentence:
        'The number multiplies the hazard that the model starts from: 1 is its reference, 2 twice the rate of deaths at any time, a half is better.',
      scale: 'logarithm of the hazard ratio',
    };
  }
  if (answer === 'log-time') {
    return {
      name: 'expected days',
      sentence: 'The number is the time from surgery that the model expects, in days; its uncertainty is large.',
      scale: 'minus the logarithm of the days',
    };
  }
  const days = task.kind === 'horizon' ? task.horizonDays : undefined;
  const within = days === undefined ? 'by the end of the follow-up of such patients' : `within ${days} days of surgery`;
  return {
    name: 'probability of death',
    sentence: `The number is the share of patients like this one, as the model sees them, that it expects to have died ${within}.`,
    scale: 'log-odds of death',
  };
}
