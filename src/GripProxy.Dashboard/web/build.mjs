// Bundles the page: node build.mjs FOLDER
import { build } from 'esbuild';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'dist';
await build({
  entryPoints: { app: 'src/main.js' },
  outfile: join(folder, 'app.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  legalComments: 'inline',
  logLevel: 'warning',
});
