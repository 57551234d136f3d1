import { assertLength } from '../evaluate/input-checks.js';
import type { Likelihood } from './likelihood.js';

/**
 * Log-likelihood of a logistic regression.
 * @param label  shape (n), true = positive
 * @param weight shape (n), 0 or more; 1 when left out
 */
export function binomialLikelihood(label: readonly boolean[], weight?: Float64Array): Likelihood {
  const n = label.length;
  if (weight !== undefined) assertLength('weight', weight, n);
  return {
    n,
    intercept: true,
    evaluate: (eta, gradient, curvature) => {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const w = weight === undefined ? 1 : (weight[i] as number);
        const signed = label[i] ? (eta[i] as number) : -(eta[i] as number);
        // log(1 / (1 + exp(-s))) without overflow.
        sum += w * (signed > 0 ? -Math.log1p(Math.exp(-signed)) : signed - Math.log1p(Math.exp(signed)));
        gradient[i] = w * ((label[i] ? 1 : 0) - 1 / (1 + Math.exp(-(eta[i] as number))));
        curvature[i] = w / 4;
      }
      return sum;
    },
  };
}
