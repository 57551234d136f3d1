import { storeConformance } from './conformance/store-conformance.js';
import { openDuckDbStore } from './index.js';

storeConformance('DuckDB in memory', (options) => openDuckDbStore({ file: ':memory:', ...options }));
