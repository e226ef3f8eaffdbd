/** docs/promises.md, from the catalogue and what has run: nothing on it is typed by hand. */
import type { PromiseTest } from '../../promises/catalogue.ts';
import { kinds } from '../judge.ts';
import type { Progress, TestProgress } from './progress.ts';

const head = `# Promises, and how often each was tried

Written by \`npm run test:nightly\` from docs/promises.json; run it yourself to see the figures of your own machine. A test has
*shown* its promise when a tenth of its nightly count has passed since it last failed; one that is to meet everything on a list, when
all of it has. With *n* passes and no failure, the rate of failures is below 3/*n* (95 % confidence).

*Found* is what the newest run found: lost / duplicated / misordered / leaked / left over. A seed runs the same again:
\`PROMISES_SEED=… npm run test:nightly -- --only B2\`.
`;

const columns = ['Test', 'What it shows', 'Bar', 'Run', 'Result', 'Found', 'Figures', 'Last run'];

/** @param statements each promise in a sentence, in their order */
export function promisesPage(
  tests: readonly PromiseTest[],
  statements: Readonly<Record<string, string>>,
  { tests: progress }: Progress,
): string {
  const parts = Object.entries(statements).map(([promise, statement]) => {
    const rows = tests.filter((test) => test.promise.split(', ').includes(promise));
    if (rows.length === 0) return '';
    const lines = [
      columns,
      columns.map(() => '---'),
      ...rows.map((test) => cellsOf(test, progress[test.id])),
    ];
    const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
    return `\n## ${promise}\n\n${statement}\n\n${table}\n`;
  });
  return head + parts.join('');
}

function cellsOf(test: PromiseTest, progress: TestProgress | undefined): string[] {
  const counted = `${count(progress?.iterations ?? 0)} of ${count(test.nightly)} ${test.of}`;
  const what = [`[${test.id}](../${test.file})`, test.shows, test.bar, counted];
  if (!progress) return [...what, test.waitsFor ?? 'not yet run', '', '', ''];
  const { last } = progress;
  return [
    ...what,
    resultOf(test, progress),
    kinds.map((kind) => last.verdict[kind]).join(' / '),
    figuresOf(progress),
    `${last.date}, seed ${last.seed}`,
  ];
}

function resultOf(test: PromiseTest, { iterations, failures, last, lastFailure }: TestProgress): string {
  if (!last.passed) return `**failed**: ${oneCell(lastFailure?.said ?? '')}`;
  const enough = test.isExhaustive ? test.nightly : test.nightly / 10;
  const shown = iterations >= enough ? 'shown' : 'passed so far';
  return failures === 0 ? shown : `${shown}; failed ${failures} times, last on ${lastFailure?.date}`;
}

function figuresOf({ most, least }: TestProgress): string {
  const figures = [
    ...Object.entries(most).map(([name, value]) => `at most ${count(value)} ${name}`),
    ...Object.entries(least).map(([name, value]) => `at least ${count(value)} ${name}`),
  ];
  return figures.join('; ');
}

const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

const oneCell = (text: string): string => text.replaceAll(/[|\n]/g, ' ').slice(0, 200);
