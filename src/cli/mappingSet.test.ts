import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { changeSet, toNew } from './mappingSet.ts';

/** A server that takes a set for its newest revision only; somebody else is first so many times. */
function serverWith(others: number) {
  let rows: object[] = [{ organizationId: 'a', organizationName: 'A', accountId: '1', contactId: null }];
  let revision = 1;
  let left = others;
  const fetcher = (async (_url: string, { method, headers = {}, body }: RequestInit) => {
    if (method === 'PUT' && left > 0) {
      left -= 1;
      revision += 1;
      rows = [...rows, { organizationId: `other ${left}`, accountId: '9' }];
    }
    const etag = `"${revision}"`;
    if (method === 'PUT') {
      if ((headers as Record<string, string>)['if-match'] !== etag)
        return Response.json({ detail: 'It was changed meanwhile.' }, { status: 412 });
      rows = JSON.parse(String(body)).mappings;
    }
    return Response.json({ mappings: rows }, { headers: { etag } });
  }) as typeof fetch;
  return { client: createClient({ url: 'http://herald.test', key: 'k' }, fetcher), rows: () => rows };
}

const add: Parameters<typeof changeSet>[2] = (stored) => [
  ...stored.map(toNew),
  { organizationId: 'mine', accountId: '2' },
];

describe('a change of the mapping table', () => {
  it('keeps the rows that somebody else has stored at the same moment', async () => {
    const { client, rows } = serverWith(1);
    await changeSet(client, 'x', add);
    expect(rows()).toMatchObject([
      { organizationId: 'a', contactId: null },
      { organizationId: 'other 0' },
      { organizationId: 'mine' },
    ]);
    expect(rows()[0]).not.toHaveProperty('organizationName');
  });

  it('is given up, with its reason, when somebody else is always first', async () => {
    const { client } = serverWith(50);
    await expect(changeSet(client, 'x', add)).rejects.toThrow('It was changed meanwhile.');
  });
});
