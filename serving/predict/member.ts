import { applySteps, attributeSteps, type Member, type ModelBundle } from '../../training/bundle/index.js';
import { type Booster, createBooster } from './booster/booster.js';
import { badBundle, checkSteps } from './chain.js';
import { predictError } from './errors.js';

/** One member of a bundle, ready to be evaluated. */
export interface ReadyMember {
  readonly member: Member;
  /** Undefined for a linear model. */
  readonly booster: Booster | undefined;
}

/** @throws PredictError when a member contradicts itself or its booster cannot be evaluated */
export function readyMembers({ manifest, boosters }: ModelBundle): readonly ReadyMember[] {
  if (manifest.members.length === 0) throw badBundle('it holds no model');
  return manifest.members.map((member) => {
    checkSteps(manifest, member);
    const { model, inputs } = member;
    if (model.kind === 'linear') {
      if (model.coefficients.length === inputs.length) return { member, booster: undefined };
      throw badBundle(`${model.coefficients.length} coefficients for ${inputs.length} inputs`);
    }
    if (!Object.hasOwn(boosters, model.file)) throw badBundle(`it names ${model.file} but does not hold it`);
    const booster = createBooster(boosters[model.file]);
    if (booster.outputs !== 1) throw badBundle(`${model.file} has ${booster.outputs} outputs, expected 1`);
    if (booster.inputs === inputs.length) return { member, booster };
    throw predictError('PREDICT_BOOSTER_COLUMNS', [booster.inputs, inputs.length]);
  });
}

/**
 * Raw rows as the member's inputs.
 * @param rows  row-major, shape (n x p)
 * @param names of the p columns, for messages
 * @returns row-major, shape (n x member.inputs.length)
 * @throws PredictError PREDICT_OUT_OF_FLOAT32
 */
export function memberInputs(
  { member }: ReadyMember,
  rows: Float64Array,
  n: number,
  names: readonly string[],
): Float64Array {
  const prepared = applySteps(member.steps, rows, n, names.length, names);
  checkPrepared(prepared.rows, member.inputs.length);
  return prepared.rows;
}

/** A row whose components overflow float32 would be refused by XGBoost's library too. */
export function checkPrepared(prepared: Float64Array, inputs: number): void {
  for (let i = 0; i < prepared.length; i++) {
    const x = prepared[i] as number;
    if (Number.isFinite(Math.fround(x)) || Number.isNaN(x)) continue;
    const place = { record: Math.floor(i / inputs) };
    throw predictError('PREDICT_OUT_OF_FLOAT32', [], place);
  }
}

/** Adds weight x margin of each row of inputs. @param sums shape (n) */
export function addMargins({ member, booster }: ReadyMember, inputs: Float64Array, sums: Float64Array): void {
  const { weight, model } = member;
  if (model.kind === 'booster') {
    const margins = (booster as Booster).margins(inputs);
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + weight * (margins[i] as number);
    return;
  }
  const { coefficients, intercept } = model;
  const p = coefficients.length;
  for (let i = 0; i < sums.length; i++) {
    let margin = intercept;
    for (let j = 0; j < p; j++) margin += (coefficients[j] as number) * (inputs[i * p + j] as number);
    sums[i] = (sums[i] as number) + weight * margin;
  }
}

/**
 * Adds what each raw column contributes to weight x margin.
 * @param into row-major, shape (n x p)
 * @returns weight x expected margin
 */
export function addContributions(
  { member, booster }: ReadyMember,
  rows: Float64Array,
  inputs: Float64Array,
  n: number,
  into: Float64Array,
): number {
  const { weight, model, steps } = member;
  const p = into.length / n;
  const width = member.inputs.length;
  const own = new Float64Array(n * width);
  let expected = model.kind === 'linear' ? model.intercept : 0;
  if (model.kind === 'linear') {
    for (let k = 0; k < own.length; k++) own[k] = (model.coefficients[k % width] as number) * (inputs[k] as number);
  } else {
    const values = (booster as Booster).contributions(inputs);
    for (let i = 0; i < n; i++) own.set(values.subarray(i * (width + 1), i * (width + 1) + width), i * width);
    expected = values[width] ?? 0;
  }
  const shares = attributeSteps(steps, rows, n, p, own);
  for (let k = 0; k < into.length; k++) into[k] = (into[k] as number) + weight * (shares[k] as number);
  return weight * expected;
}
