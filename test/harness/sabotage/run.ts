/**
 * Turns each guard off in turn and runs the test that must notice. Arguments choose by a part of the name; none = all.
 * Exit code 1 if a test stays green, or is red for another reason.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { projectOf } from '../projects.ts';
import { type Sabotage, sabotages } from './list.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const wanted = process.argv.slice(2);
const chosen = sabotages.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);

let isGreen = chosen.length === 0;
for (const sabotage of chosen) {
  const output = await runTest(sabotage);
  const line = /^.*lost \d+ duplicated \d+ misordered.*$/m.exec(output)?.[0].trim() ?? 'no verdict';
  const isRed = sabotage.verdict.test(line);
  isGreen ||= !isRed;
  console.log(`${isRed ? 'red as it must be' : 'NOT RED'}  ${sabotage.name}  →  ${line}`);
  if (!isRed) console.log(output.split('\n').slice(-60).join('\n'));
}
process.exitCode = isGreen ? 1 : 0;

/** What vitest printed. */
async function runTest({ name, test }: Sabotage): Promise<string> {
  const child = spawn(`${root}node_modules/.bin/vitest`, ['run', '--project', projectOf(test), test], {
    cwd: root,
    env: { ...process.env, HERALD_SABOTAGE: name, PROMISES_TIER: 'sabotage', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}
