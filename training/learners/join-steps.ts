import type { Step } from '../bundle/index.js';

/** Steps that were fitted on some of the columns. */
export interface StepsOfColumns {
  /** Positions of the columns. */
  readonly at: readonly number[];
  readonly steps: readonly Step[];
}

/** The order in which `prepare` makes steps; each may be missing. */
const slots = ['select', 'log1p', 'impute', 'select', 'scale', 'pca'] as const;

/**
 * Steps that do side by side what several lists of steps do each on its own columns: their outputs follow each other.
 * @param members lists of steps in the order of `prepare`; all with a PCA, or none
 * @param width   number of raw columns
 */
export function joinSteps(members: readonly StepsOfColumns[], width: number): readonly Step[] {
  const everyColumn = members.flatMap(({ at }) => at);
  const identity = everyColumn.length === width && everyColumn.every((j, k) => j === k);
  const joined: Step[] = identity ? [] : [{ kind: 'select', at: everyColumn }];
  let parts = members.map(({ at, steps }) => ({ steps, width: at.length }));
  for (const kind of slots) {
    const here = parts.map((part) => ({ step: part.steps[0]?.kind === kind ? part.steps[0] : undefined, ...part }));
    if (here.every(({ step }) => step === undefined)) continue;
    joined.push(joinSlot(kind, here));
    parts = here.map(({ step, steps, width: before }) => ({
      steps: step === undefined ? steps : steps.slice(1),
      width: outputs(step, before),
    }));
  }
  return joined;
}

interface Part {
  readonly step: Step | undefined;
  readonly width: number;
}

function joinSlot(kind: Step['kind'], parts: readonly Part[]): Step {
  switch (kind) {
    case 'select':
      return { kind, at: offset(parts, (part) => (part.step?.kind === 'select' ? part.step.at : all(part.width))) };
    case 'log1p':
      return { kind, at: offset(parts, ({ step }) => (step?.kind === 'log1p' ? step.at : [])) };
    case 'impute':
      return { kind, values: parts.flatMap(({ step }) => (step?.kind === 'impute' ? step.values : [])) };
    case 'scale': {
      const scales = parts.flatMap(({ step }) => (step?.kind === 'scale' ? [step] : []));
      return { kind, mean: scales.flatMap(({ mean }) => mean), scale: scales.flatMap(({ scale }) => scale) };
    }
    case 'pca':
      return joinPca(parts);
  }
}

/** Components of a part have loadings of 0 on the inputs of the others; as scaled columns have variance 1, a share is by width. */
function joinPca(parts: readonly Part[]): Step {
  const inputs = parts.reduce((sum, { width }) => sum + width, 0);
  let before = 0;
  const found = parts.flatMap(({ step, width }) => {
    const start = before;
    before += width;
    if (step?.kind !== 'pca') throw new RangeError('a PCA beside none');
    return step.components.map((loadings, k) => {
      const spread = new Array<number>(inputs).fill(0);
      for (const [j, loading] of loadings.entries()) spread[start + j] = loading;
      return { spread, share: ((step.explainedVarianceRatio[k] as number) * width) / inputs };
    });
  });
  return {
    kind: 'pca',
    inputs,
    components: found.map(({ spread }) => spread),
    explainedVarianceRatio: found.map(({ share }) => share),
  };
}

function offset(parts: readonly Part[], positions: (part: Part) => readonly number[]): readonly number[] {
  let before = 0;
  return parts.flatMap((part) => {
    const start = before;
    before += part.width;
    return positions(part).map((j) => start + j);
  });
}

function all(width: number): readonly number[] {
  return Array.from({ length: width }, (_, j) => j);
}

function outputs(step: Step | undefined, inputs: number): number {
  if (step?.kind === 'select') return step.at.length;
  return step?.kind === 'pca' ? step.components.length : inputs;
}
