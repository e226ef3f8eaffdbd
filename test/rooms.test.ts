/** Which way the rooms of ARCHITECTURE.md look: downstream only, and never in a circle. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** From the top to the bottom: a room imports only from itself and from rooms that stand after it. */
const rooms = [
  'demo',
  'cli',
  'main.ts',
  'pipeline.ts',
  'metrics.ts',
  'logLines.ts',
  // Slices.
  'dashboard',
  'connections',
  'email',
  'organizations',
  'intake',
  'alerts',
  'receipts',
  'retention',
  'blocks',
  'workspaces',
  'access',
  'audit',
  // What delivers, and what is decided.
  'wake',
  'deliver',
  'tables',
  'settings',
  'plan',
  // What all stand on.
  'http',
  'startKeys.ts',
  'db',
  'config.ts',
  'smtpUrls.ts',
  'mail',
  'templates',
  'psa',
  'smtp',
  'secrets',
  'outbound',
  'alerts/types.ts',
  'errors.ts',
  'fairShare.ts',
  'crashPoints.ts',
];

/** "from → to", with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'src/cli/demo.ts → src/demo/index.ts':
    'the command is one line; what it starts is itself a client of the API',
};

/** A room that must know less than its place allows. */
const knowsOnly: Readonly<Record<string, readonly string[]>> = {
  plan: ['plan', 'templates', 'psa', 'alerts/types.ts'],
  'alerts/types.ts': ['alerts/types.ts'],
  psa: ['psa', 'outbound', 'alerts/types.ts'],
};

interface Import {
  from: string;
  to: string;
  /** Gone when the program runs. */
  isType: boolean;
}

const isOfTests = /\.test\.tsx?$|\/(fixtures|testing)\/|\/(simulated|conformance\w*)\.ts$/;

/** What the text of a file imports from other files of the project. */
function importsOf(file: string, text: string): Import[] {
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\s(type\s)?[^;'"]*?from\s*'(\.[^']+)'/gm),
    ...text.matchAll(/^\s*import\s()'(\.[^']+)'/gm),
    ...text.matchAll(/\bimport\(\s*()'(\.[^']+)'/g),
  ];
  return found.map(([, type, to = '']) => ({
    from: file,
    to: normalize(join(dirname(file), to)),
    isType: Boolean(type),
  }));
}

const importsIn = (pattern: string): Import[] =>
  globSync(pattern, { cwd: root })
    .filter((file) => !isOfTests.test(file))
    .flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')));

/** The room of a file of src: the first folder, or the file itself where it is named. */
function roomOf(file: string): string {
  const path = file.replace(/^src\//, '');
  return rooms.includes(path) ? path : (path.split('/')[0] ?? path);
}

const arrow = ({ from, to }: Import): string => `${from} → ${to}`;

/** Whether a room may not look there. */
function looksUp(one: Import): boolean {
  const [from, to] = [roomOf(one.from), roomOf(one.to)];
  if (from === to) return false;
  return rooms.indexOf(to) <= rooms.indexOf(from) || !(knowsOnly[from]?.includes(to) ?? true);
}

const ofSources = importsIn('src/**/*.ts');

describe('the rooms', () => {
  it('are all named, and there is something to look at', () => {
    const named = new Set(ofSources.flatMap(({ from, to }) => [roomOf(from), roomOf(to)]));
    expect([...named].filter((room) => !rooms.includes(room))).toEqual([]);
    expect(rooms.filter((room) => !named.has(room))).toEqual([]);
    expect(ofSources.length).toBeGreaterThan(1_000);
  });

  it('look downstream only', () => {
    const up = ofSources.filter(looksUp).map(arrow);
    expect(up.filter((one) => !exceptions[one])).toEqual([]);
    // An exception that nothing needs any more goes.
    expect(Object.keys(exceptions).filter((one) => !up.includes(one))).toEqual([]);
  });

  it.each([
    ['src/http/server.ts', "import type { Scope } from '../access/scopes.ts';", true],
    ['src/blocks/turn.ts', "import { a } from '../connections/store.ts';", true],
    ['src/plan/index.ts', "import { a } from '../db/database.ts';", true],
    ['src/alerts/types.ts', "export * from './store.ts';", true],
    ['src/db/pool.ts', "const a = await import('../cli/errors.ts');", true],
    ['src/email/routes.ts', "import {\n  a,\n  b,\n} from '../http/index.ts';", false],
    ['src/plan/resolve.ts', "import { severities } from '../alerts/types.ts';", false],
    ['src/alerts/store.ts', "import { severities } from './types.ts';", false],
  ])('%s: %s', (file, text, isWrong) => {
    expect(importsOf(file, text).map(looksUp)).toEqual([isWrong]);
  });
});

it('an adapter knows its vendor and the contract, no other vendor', () => {
  const vendorOf = (file: string) => /^src\/psa\/([^/]+)\//.exec(file)?.[1];
  const foreign = importsIn('src/psa/*/**/*.ts').filter(
    ({ from, to }) => vendorOf(to) !== undefined && vendorOf(to) !== vendorOf(from),
  );
  expect(foreign.map(arrow)).toEqual([]);
});

it('the pages take only types from the server, and the server nothing from the pages', () => {
  const ofPages = importsIn('web/src/**/*.{ts,tsx}');
  expect(ofPages.length).toBeGreaterThan(500);
  const fromServer = ofPages.filter(({ to }) => !to.startsWith('web/'));
  expect(fromServer.length).toBeGreaterThan(5);
  expect(fromServer.filter(({ to, isType }) => !isType || !to.startsWith('src/')).map(arrow)).toEqual([]);
  expect(ofSources.filter(({ to }) => !to.startsWith('src/')).map(arrow)).toEqual([]);
});

it('simulators know nothing of Herald', () => {
  const ofSimulators = importsIn('simulators/**/*.ts');
  expect(ofSimulators.length).toBeGreaterThan(10);
  expect(ofSimulators.filter(({ to }) => !to.startsWith('simulators/')).map(arrow)).toEqual([]);
});
