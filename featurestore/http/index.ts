export { buildStoreApp, type StoreAppOptions } from './app.js';
export { type StoreRoutesOptions, storeRoutes } from './plugin.js';
