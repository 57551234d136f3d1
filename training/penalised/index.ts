export { binomialLikelihood } from './binomial-likelihood.js';
export { type BaselineHazard, breslowBaseline, coxLikelihood, type Ties } from './cox-likelihood.js';
export { type ElasticNetOptions, fitElasticNet, type LinearFit, linearPredictor } from './elastic-net.js';
export type { Likelihood } from './likelihood.js';
