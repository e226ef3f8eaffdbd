/**
 * Loaded by `node --import` into a Herald that is to crash: puts other content into src/crashPoints.ts while it is
 * loaded, which counts the passages of one point and sends the process a signal at the one that is wanted.
 */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { root } from '../processes.ts';
import { type CrashAt, variable } from './at.ts';

const at = JSON.parse(process.env[variable] ?? '') as CrashAt;

registerHooks({
  load(url, context, nextLoad) {
    const isPoints = url.startsWith('file:') && fileURLToPath(url) === `${root}src/crashPoints.ts`;
    return isPoints ? { format: 'module', source: active(at), shortCircuit: true } : nextLoad(url, context);
  },
});

const active = ({ point, passage, deed, counter }: CrashAt): string => `
  import { appendFileSync, existsSync, statSync } from 'node:fs';
  const [point, passage, deed, counter] = ${JSON.stringify([point, passage, deed, counter])};
  export function crashPoint(name) {
    if (name !== point || !existsSync(counter)) return;
    appendFileSync(counter, '.');
    if (statSync(counter).size === passage) process.kill(process.pid, deed);
  }
`;
