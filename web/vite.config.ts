import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** While one works on the screens, `npm run web:dev` serves them and hands API calls to a running Herald. */
const herald = process.env.HERALD_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The first ones that know `light-dark()`; for older ones it would be rewritten to something that needs more than we give.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    sourcemap: false,
  },
  server: { proxy: { '/api': { target: herald, changeOrigin: true } } },
});
