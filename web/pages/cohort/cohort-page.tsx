/** To be filled. */
export function CohortPage() {
  return <h1>Cohort</h1>;
}
