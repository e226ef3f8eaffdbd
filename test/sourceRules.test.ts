/** What no source may do (ASVS 1.2.1, 1.2.4, 5.4.2, 11.5.1, 12.3.2), looked for in the text of all of them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const isOfTests = /\.test\.tsx?$|\/(fixtures|testing)\//;
const sources = new Map(
  globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}', 'simulators/**/*.ts'], { cwd: root })
    .filter((file) => !isOfTests.test(file))
    .map((file) => [file, withoutComments(readFileSync(join(root, file), 'utf8'))]),
);

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, '').replace(/(^|\s)\/\/ .*$/gm, '');
}

/** "file: line" of all that is like this, in files other than those named. */
function found(pattern: RegExp, allowed: readonly string[] = []): string[] {
  return [...sources].flatMap(([file, text]) =>
    allowed.includes(file)
      ? []
      : text
          .split('\n')
          .filter((line) => pattern.test(line))
          .map((line) => `${file}: ${line.trim()}`),
  );
}

it('there are sources to look at', () => {
  expect(sources.size).toBeGreaterThan(500);
});

it('no name in a text reaches a prototype: as in production, it has no such name here (1.5.2)', () => {
  const flag = '--disable-proto=delete';
  expect(readFileSync(join(root, 'bin/herald'), 'utf8').split('\n')[0]).toContain(flag);
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('__proto__');
});

it('no text becomes HTML (1.2.1)', () => {
  // The layout of mails is compiled by a developer; all that it is given is our own style sheet.
  expect(
    found(/innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write/i, ['src/mail/layout/source.ts']),
  ).toEqual([]);
});

it('TLS is never left unchecked (12.3.2)', () => {
  expect(found(/rejectUnauthorized:(?!\s*true\b)|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity:/)).toEqual(
    [],
  );
});

it('files that are handed out have names of our own, and are not shown in place (5.4.2)', () => {
  const named = found(/content-disposition/i);
  expect(named.length).toBeGreaterThan(0);
  const ours = /attachment; filename="herald-[a-z-]+(\$\{day\}\.\$\{format\}|\.csv)"/;
  expect(named.filter((line) => !ours.test(line))).toEqual([]);
});

describe('secrets come from the generator for secrets (11.5.1)', () => {
  it('chance that can be foreseen only spreads times', () => {
    // Each hands it on as `random`, or waits by it.
    const spread = ['src/smtp/mailer.ts', 'src/db/migrate.ts', 'src/main.ts'];
    expect(found(/Math\.random/, spread)).toEqual([]);
    for (const file of spread)
      expect(
        sources
          .get(file)
          ?.match(/.*Math\.random.*/g)
          ?.join('\n'),
      ).toMatch(/random\b.*= Math\.random|sleep\(|random: Math\.random/);
  });

  it('no token, key, code or password is a UUID', () => {
    expect(found(/(token|secret|password|apiKey|code|nonce)\w*\s*[:=]\s*[^,;]*(randomUUID|uuid\()/i)).toEqual(
      [],
    );
  });
});

/**
 * Values go to the database as `$1`. What is put into the text of a statement is a name of the module – a constant, or a
 * function that makes SQL of constants – or stands here, with what it can be.
 */
const putIn: Readonly<Record<string, readonly string[]>> = {
  // Names of tables from lists of constants.
  'src/retention/leftovers.ts': ['table'],
  'src/retention/writes.ts': ['table'],
  // Members of a BulkChange: constants of the same file.
  'src/receipts/bulk.ts': ['place', 'only', 'after', 'set', 'isGrouped'],
  // Names of columns and constants, chosen by the caller in the same file.
  'src/email/reviewStore.ts': ['horizon'],
  'src/workspaces/turns.ts': ['every', 'table'],
  'src/deliver/mail/waiting.ts': ['places'],
  'src/blocks/counts.ts': ['these'],
  // `text` and `conditions` are of `conditions.ts`, whose values are parameters; numbers of parameters.
  'src/alerts/find.ts': ['text', 'values', 'conditions'],
  // A constant chosen by a state; a number out of a table of constants.
  'src/alerts/owedIn.ts': ['state', 'standing'],
  // Only after the pattern of a UUID was asked.
  'src/db/database.ts': ['workspaceId'],
  // Made by ourselves, in hexadecimal digits; ALTER ROLE takes no parameters.
  'src/db/embedded/cluster.ts': ['passwords'],
  // Names out of constants of the same file.
  'src/db/backup/markRestored.ts': ['name'],
  'src/db/backup/restoreDump.ts': ['role'],
};

const beginsAsSql =
  /^\s*(with\s+\w+\s+as|select|insert into|update \w+ \w*\s*set|update \w+\s+set|delete from|create|alter|drop|grant|revoke|set local|begin;|truncate|lock table|copy|set transaction)\b/i;

/** What is put into texts of this file that begin as SQL, other than names of the module. */
function strangers(text: string): string[] {
  const isOfModule = (name: string) =>
    new RegExp(`^(export )?(const|(async )?function) ${name}\\b`, 'm').test(text) ||
    new RegExp(`^import [^;]*\\b${name}\\b[^;]*\\bfrom\\b`, 'm').test(text);
  return [...text.matchAll(/`((?:[^`\\]|\\.)*)`/gs)]
    .map(([, inner = '']) => inner)
    .filter((inner) => beginsAsSql.test(inner))
    .flatMap((inner) => [...inner.matchAll(/\$\{\s*([^}]*)\}/g)].map(([, put = '']) => put))
    .map((put) => /^[A-Za-z_$][\w$]*/.exec(put)?.[0] ?? put)
    .filter((name) => !isOfModule(name));
}

describe('statements hold no values (1.2.4)', () => {
  it('what is put into their text is a name of the module, or is listed with what it can be', () => {
    const texts = [...sources].filter(([file]) => file.startsWith('src/'));
    const all = texts.map(([file, text]) => [file, [...new Set(strangers(text))].sort()] as const);
    const listed = Object.entries(putIn).map(([file, names]) => [file, [...names].sort()]);
    expect(Object.fromEntries(all.filter(([, names]) => names.length > 0))).toEqual(
      Object.fromEntries(listed),
    );
  });

  it.each([
    ['a value of a request', "tx.query(`select 1 from alerts where title = '$<title>'`)", ['title']],
    ['a member of one', 'const f = (q) => `update alerts set title = $<q.title>`', ['q']],
    ['a constant of the module', 'const columns = "a";\nquery(`select $<columns> from alerts`)', []],
    ['a sentence', 'const words = `Selected: $<title>.`', []],
  ])('%s', (_name, text, wanted) => {
    expect(strangers(text.replace(/\$<([^>]*)>/, '$${$1}'))).toEqual(wanted);
  });
});
