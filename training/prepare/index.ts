export { type FittedSteps, fitSteps, type StepPlan } from './fit-steps.js';
