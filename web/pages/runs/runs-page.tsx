/** To be filled. */
export function RunsPage() {
  return <h1>Runs and models</h1>;
}
