export { contributionsByGroup, type Explanation, explainBooster } from './explain.js';
export { type ExplanationSummary, summariseExplanation } from './explanation-summary.js';
