/** No secret stands in a file of the repository (ASVS 13.3.1). Keys of tests are made for tests, and named here. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const isPicture = /\.(png|woff2?|gz|ico)$/;
/** Made for tests; nothing outside trusts them. */
const ofTests = /^src\/(outbound|smtp)\/fixtures\/[a-z-]*key\.pem$/;

/** Addresses with a name and a password that tests have refused. */
const isExample = /:\/\/user:(secret|pass)@/;

async function secretsIn(filePath: string, content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { filePath, content, contentType: 'text' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] } },
  });
  return messages
    .filter(({ message }) => !isExample.test(message))
    .map(({ message }) => `${filePath}: ${message}`);
}

/** Also what is not committed yet, where a secret is still easily taken out. */
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && !isPicture.test(file) && !ofTests.test(file));

it('none is found in any file', async () => {
  expect(files.length).toBeGreaterThan(1_000);
  const found = await Promise.all(
    files.map((file) => secretsIn(file, readFileSync(join(root, file), 'utf8'))),
  );
  expect(found.flat()).toEqual([]);
}, 60_000);

it('one would be found', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  expect(
    await secretsIn('src/key.ts', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  ).toHaveLength(1);
});
