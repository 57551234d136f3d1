import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Pages are static files under /studio/, beside the compiled server; they load nothing from anywhere else. */
export default defineConfig({
  root: here,
  base: '/studio/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../dist/web/pages', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inline: the content security policy lets files of this server run, and nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
  },
});
