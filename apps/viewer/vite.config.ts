import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { criticalPage } from './critical-page.js';

const server = 'http://127.0.0.1:8080';
const proxied = ['/api', '/dicom-web', '/fhir', '/oauth', '/verify', '/health'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), criticalPage()],
  resolve: {
    alias: [
      {
        find: '#libs/formats/ecg-page',
        replacement: fileURLToPath(new URL('../../libs/formats/ecg-page/src/index.ts', import.meta.url)),
      },
      {
        find: /^(fs|path|url)$/,
        replacement: fileURLToPath(new URL('src/reading/images/no-node-module.ts', import.meta.url)),
      },
    ],
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, server])) },
  worker: { format: 'es' },
  // The decoders are found by URL beside the worker; pre-bundling would lose their wasm files.
  optimizeDeps: { exclude: ['@cornerstonejs/dicom-image-loader'], include: ['dicom-parser'] },
  build: {
    outDir: fileURLToPath(new URL('../../dist/viewer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Cornerstone is one large lazy chunk by nature; the pages before it stay small.
    chunkSizeWarningLimit: 4000,
    assetsInlineLimit: (file) => (file.endsWith('.wasm') ? false : undefined),
  },
});
