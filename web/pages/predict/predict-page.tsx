/** To be filled. */
export function PredictPage() {
  return <h1>Predict</h1>;
}
