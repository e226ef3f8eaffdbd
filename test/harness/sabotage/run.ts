/**
 * Turns each guard off in turn and runs the test that must notice. Arguments choose by a part of the name; none = all.
 * Exit code 1 if one stays green that must not, or is red for another reason.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { projectOf } from '../projects.ts';
import { sabotages } from './list.ts';
import type { Sabotage } from './sabotage.ts';
import { shownBy } from './verdict.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const wanted = process.argv.slice(2);
const chosen = sabotages.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);

let isWrong = chosen.length === 0;
for (const sabotage of chosen) {
  const output = await runTest(sabotage);
  const { line, findings, isRed } = shownBy(output, sabotage.verdict);
  const isRight = sabotage.verdict.test(line) && (sabotage.finding?.test(findings) ?? true);
  isWrong ||= !isRight;
  const colour = isRed ? 'red' : 'green';
  console.log(`${isRight ? `${colour} as it must be` : 'NOT AS IT MUST BE'}  ${sabotage.name}  →  ${line}`);
  if (!isRight) console.log(output.split('\n').slice(-60).join('\n'));
}
process.exitCode = isWrong ? 1 : 0;

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
