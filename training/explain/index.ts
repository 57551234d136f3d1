export { contributionsByGroup, type Explanation, explainBooster } from './explain.js';
