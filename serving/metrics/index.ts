export { type MetricsOptions, metricsExtension } from './metrics-extension.js';
