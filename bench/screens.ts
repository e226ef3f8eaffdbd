/** How long the screens wait for their data with a million alerts: each question over the API, cold and warm. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Filled, fill, words } from './fill.ts';
import { startHerald } from './herald.ts';
import type { Figure } from './report.ts';

const warmRuns = 5;

/** Name, path, and what the answer may take in milliseconds when warm. */
type Question = readonly [string, string, number];

const questionsOf = ({ organizationId, connectionId }: Filled): Question[] => {
  const list = (name: string, query: string): Question => [`Alerts, ${name}`, `/alerts?${query}`, 200];
  const [old, older] = [day(20), day(21)];
  return [
    list('newest', 'limit=50'),
    list('of an organization', `organizationId=${organizationId}`),
    list('critical', 'severity=critical'),
    list('a severity nobody has', 'severity=informational'),
    list('of a source', 'source=cloud'),
    list('of a source retired long ago', 'source=retired'),
    list('of no source there is', 'source=none'),
    list(
      'critical of a retired source and an organization',
      `source=retired&severity=critical&organizationId=${organizationId}`,
    ),
    list('failed, all of them old', 'state=failed'),
    list('held or uncertain', 'state=held,uncertain'),
    list('pending, which none is', 'state=pending'),
    list('skipped', 'state=skipped'),
    list('delivered', 'state=delivered'),
    list('failed of an organization', `state=failed&organizationId=${organizationId}`),
    list('of one day three weeks ago', `from=${older}&to=${old}`),
    list('a word that one has', `q=${words.rare}`),
    list('a word that most have', `q=${words.frequent}`),
    list('a word of old ones only', `q=${words.retired}`),
    list('a word that none has', 'q=nowhere'),
    list('the beginning of a user', 'q=user1234'),
    list('two words that never meet', `q=${words.retired}%20mailbox`),
    list('a word, critical, of one day', `q=forwards&severity=critical&from=${older}&to=${old}`),
    ['Dashboard, 24 hours', '/dashboard?hours=24', 300],
    ['Dashboard, 7 days', '/dashboard?hours=168', 300],
    ['Dashboard, 30 days', '/dashboard?hours=720', 300],
    ['What needs a person, by cause', '/deliveries/causes', 300],
    ['Organizations', '/organizations?limit=200', 300],
    ['Accounts with facets', `/psa/connections/${connectionId}/accounts?facets=true`, 300],
    [
      'Suggestions, 1,000 organizations and 20,000 accounts',
      `/psa/connections/${connectionId}/suggestions`,
      2_000,
    ],
  ];
};

const day = (ago: number): string =>
  encodeURIComponent(new Date(Date.now() - ago * 24 * 60 * 60_000).toISOString());

/** Cold: the first question after Herald and its database were started; the pages of its files may be in memory. */
export async function screens(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'herald-bench-'));
  try {
    const first = await startHerald(undefined, dataDir);
    const filled = await fill(dataDir);
    await first.stop();
    const figures: Figure[] = [];
    for (const question of questionsOf(filled)) figures.push(...(await measure(dataDir, question)));
    return figures;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(dataDir: string, [name, path, most]: Question): Promise<Figure[]> {
  const herald = await startHerald(undefined, dataDir);
  try {
    const ask = async () => {
      const startedAt = performance.now();
      await herald.api('GET', path);
      return performance.now() - startedAt;
    };
    const cold = await ask();
    const warm: number[] = [];
    for (let run = 0; run < warmRuns; run++) warm.push(await ask());
    return [
      { name, values: warm, unit: 'ms', most },
      { name: `${name}, cold`, values: [cold], unit: 'ms', most: Math.max(1_500, most) },
    ];
  } finally {
    await herald.stop();
  }
}
