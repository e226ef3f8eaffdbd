import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Where the processes of a run keep what Node has made of a source: most of what it costs to start Herald. Node takes
 * an entry only for the very same content of a file, so that a changed or sabotaged source is compiled anew.
 */
export const compileCache = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));

/** What a child process is given of it; nothing where it is not in use. */
export const compileCacheEnvironment = (): Record<string, string> => {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
};

const modules = ['src/cli/index.ts', 'src/main.ts', 'simulators/autotask/index.ts'];

/** Fills it before the first Herald starts: those that are killed leave nothing in it. */
export default async function setup(): Promise<void> {
  const urls = modules.map((path) => new URL(`../${path}`, import.meta.url).href);
  const script = `await Promise.all(${JSON.stringify(urls)}.map((url) => import(url)))`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
}
