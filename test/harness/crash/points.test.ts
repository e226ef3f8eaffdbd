import { describe, expect, it } from 'vitest';
import { promiseTests } from '../../promises/catalogue.ts';
import { deathsOfRound, partOfRound, spreadDeaths } from './deaths.ts';
import { crashPointsIn, type EffectRule, readSources, uncovered } from './points.ts';

const sources = readSources();
const points = crashPointsIn(sources);

/** Everything that leaves the process passes a door; the long stories have points of their own as well. */
const rules: EffectRule[] = [
  // A restore is a command of its own, on a database that nobody serves yet.
  { what: 'a COMMIT', call: /client\.query\('commit'\)/i, files: /^src\/db\/(?!backup\/)/ },
  { what: 'a request', call: /agent\.dispatch\(/, files: /^src\/outbound\// },
  // Reads beside the rounds are all made in one place; contacts are read from there.
  {
    what: 'a call to the PSA',
    call: /session\.\w+\(/,
    files: /^src\/deliver\/(?!contacts\.ts|reads\.ts|lookFirst\.ts)/,
  },
  // What a look asks, it asks between two points: two searches, or the texts of a ticket.
  {
    what: 'a look after a restore',
    call: /await after(Tickets|Texts)\(|session\.ticketStates\(/,
    files: /^src\/deliver\/lookFirst\.ts$/,
  },
  { what: 'a read', call: /await call\(\)/, files: /^src\/deliver\/reads\.ts$/ },
  { what: 'a page of accounts', call: /session\.accounts\(/, files: /^src\/(wake|connections)\// },
  {
    what: 'a question of the daily check',
    call: /session\.(verify|fieldChanges|choices)\b/,
    files: /^src\/connections\/contractCheck\.ts$/,
  },
  {
    what: 'a transaction',
    call: /\bdb\.inWorkspace\(|\bdb\s*\.unfenced\(/,
    files:
      /^src\/(pipeline\.ts|deliver\/|wake\/|settings\/|retention\/|connections\/(directory|contractCheck)\.ts)/,
  },
  { what: 'a file with a key', call: /writeDurably\(draft|link\(draft/, files: /^src\/secrets\// },
  {
    what: 'a server of our own',
    call: /await (createCluster|launch|savePasswords\(dataDir, passwords)/,
    files: /^src\/db\/embedded\/index\.ts$/,
  },
];

describe('crash points', () => {
  it('have names of their own', () => {
    const names = points.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names.filter((name) => !/^(before|after)(-[a-z]+)+$/.test(name))).toEqual([]);
    expect(points.length).toBeGreaterThan(50);
  });

  it('stand before and after every effect', () => {
    expect(uncovered(sources, rules)).toEqual([]);
  });

  it.each(rules)('are asked for where there is $what', ({ call, files }) => {
    const found = [...sources].filter(([file, text]) => files.test(file) && call.test(text));
    expect(found.length).toBeGreaterThan(0);
  });

  it('do nothing in the product and cannot be told to', () => {
    expect(sources.get('src/crashPoints.ts')).toMatch(
      /export function crashPoint\(_name: string\): void \{\}\n$/,
    );
  });
});

describe('the deaths of test A3', () => {
  const names = (deaths: readonly { point: string; passage: number }[]) =>
    deaths.map(({ point, passage }) => `${point} × ${passage}`);
  const round = names(deathsOfRound(points));

  it('are as many in a round as the catalogue says', () => {
    expect(promiseTests.find(({ id }) => id === 'A3')?.nightly).toBe(round.length);
  });

  it('go on where the slice before has ended, and begin anew after the last', () => {
    expect(names([...partOfRound(points, 0, 45), ...partOfRound(points, 45, 45)])).toEqual(
      round.slice(0, 90),
    );
    expect(names(partOfRound(points, 2 * round.length - 1, 2))).toEqual([round.at(-1), round[0]]);
  });

  it('of a few come by every point with a few seeds', () => {
    const met = [0, 1, 2, 3].flatMap((seed) => spreadDeaths(points, 25, seed));
    expect(new Set(met.map(({ point }) => point)).size).toBe(points.length);
    expect(spreadDeaths(points, 25, 0).length).toBeLessThan(points.length / 2);
  });
});

describe('the search for effects without points', () => {
  const rule: EffectRule = { what: 'a send', call: /db\.inWorkspace\(|session\.send\(/, files: /./ };
  const found = (text: string) => uncovered(new Map([['x.ts', text]]), [rule]);

  it.each([
    ['none', 'async function a() {\n  await session.send();\n}\n'],
    ['none after it', `async function a() {\n  crashPoint('x');\n  await session.send();\n}\n`],
    ['none before it', `async function a() {\n  await session.send();\n  crashPoint('x');\n}\n`],
    [
      'those of its neighbour',
      `async function a() {\n  crashPoint('x');\n}\nasync function b() {\n  await session.send();\n  crashPoint('y');\n}\n`,
    ],
    [
      'a transaction that writes',
      'async function a() {\n  await db.inWorkspace(id, (tx) => saveIt(tx, id));\n}\n',
    ],
  ])('finds %s', (_words, text) => {
    expect(found(text)).toHaveLength(1);
  });

  it.each([
    ['both', `async function a() {\n  crashPoint('x');\n  await session.send();\n  crashPoint('y');\n}\n`],
    [
      'one within a transaction',
      `async function a() {\n  await db.inWorkspace(id, async (tx) => {\n    crashPoint('x');\n  });\n  crashPoint('y');\n}\n`,
    ],
    [
      'a transaction that reads',
      'async function a() {\n  await db.inWorkspace(id, (tx) => loadIt(tx, id));\n}\n',
    ],
  ])('is content with %s', (_words, text) => {
    expect(found(text)).toEqual([]);
  });
});
