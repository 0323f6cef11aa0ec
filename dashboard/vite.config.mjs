import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { lingui, linguiTransformerBabelPreset } from '@lingui/vite-plugin';
import babel from '@rolldown/plugin-babel';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Lingui's own transform uses a native package that npm leaves out under Node 20; Babel's works everywhere.
process.env.LINGUI_SUPPRESS_BABEL_WARNING = '1';

const cwd = resolve(import.meta.dirname, '..');
const outDir = join(cwd, 'dist/dashboard');
/** Where `npm run dev` finds the API of a running `npm start`. */
const api = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4400';

export default defineConfig({
  root: import.meta.dirname,
  html: { cspNonce: '%CSP_NONCE%' },
  plugins: [
    react(),
    lingui({ cwd }),
    babel({ presets: [linguiTransformerBabelPreset({ descriptorFields: 'message' }, { cwd })] }),
    { name: 'brotli', apply: 'build', writeBundle: () => compress(join(outDir, 'static')) },
  ],
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: 'static',
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    // What most pages share is one file: on a phone's connection each file costs a round trip.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', minShareCount: 20 }] } } },
  },
  server: { proxy: Object.fromEntries(['/v1', '/health', '/docs', '/assets'].map((path) => [path, api])) },
});

/** The server sends these where a browser takes them, so that nothing is compressed while a user waits. */
function compress(folder) {
  for (const file of readdirSync(folder).filter((name) => /\.(js|css|svg)$/.test(name)))
    writeFileSync(join(folder, `${file}.br`), brotliCompressSync(readFileSync(join(folder, file))));
}
