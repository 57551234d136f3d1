/** What is predicted: dead or alive at the end of follow-up, or survival over time, scored at `timesDays` (ascending). */
export type AssessTask =
  | { readonly kind: 'status' }
  | { readonly kind: 'survival'; readonly timesDays: readonly number[] };
