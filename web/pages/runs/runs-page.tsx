import { Experiments } from './experiments.js';
import { Models } from './models.js';
import './runs.css';

/** What was run and what came of it: experiments side by side, models with their papers and curves, and who is in production. */
export function RunsPage() {
  return (
    <>
      <h1>Runs and models</h1>
      <Experiments />
      <Models />
    </>
  );
}
