import { describe, expect, it } from 'vitest';
import type { Client, Reply } from './client.ts';
import { toBatches } from './readAlerts.ts';
import { inWords, sendBatches } from './send.ts';

/** Gives these answers, one after another. */
function answering(...replies: Partial<Reply>[]) {
  const sent: { path: string; text: string | undefined }[] = [];
  const client = {
    url: 'http://herald.test',
    send: async (_method: string, path: string, text?: string) => {
      sent.push({ path, text });
      return { status: 202, body: undefined, retryAfterSeconds: undefined, ...replies.shift() };
    },
  } as unknown as Client;
  const printed: string[] = [];
  const terminal = { env: {}, out: (line: string) => void printed.push(line), err: () => {} };
  return { client, terminal, sent, printed };
}

const accepted = { body: { results: [{ id: '1', externalId: 'a', status: 'accepted' }] } };
const one = toBatches([{ externalId: 'a' }], 'native');

describe('sending', () => {
  it('counts what became of each alert and prints why one was rejected', async () => {
    const results = [
      { status: 'accepted' },
      { status: 'duplicate' },
      { status: 'updated' },
      { status: 'rejected', externalId: 'b', error: { message: 'title is missing.' } },
    ];
    const { client, terminal, printed } = answering({ body: { results } });
    const counts = await sendBatches(one, { client, terminal, format: 'native' });
    expect(inWords(counts)).toBe('1 accepted, 1 duplicate, 1 updated, 1 rejected');
    expect(printed).toEqual(['rejected  b  title is missing.']);
  });

  it.each([
    ['native', '/alerts'],
    ['wazuh', '/intake/wazuh'],
  ] as const)('%s goes to %s', async (format, path) => {
    const { client, terminal, sent } = answering(accepted);
    await sendBatches(one, { client, terminal, format });
    expect(sent[0]?.path).toBe(path);
  });

  it('sends the same again when the server asks to come again', async () => {
    const { client, terminal, sent } = answering({ status: 503, retryAfterSeconds: 0 }, accepted);
    expect((await sendBatches(one, { client, terminal, format: 'native' })).accepted).toBe(1);
    expect(sent.map(({ text }) => text)).toEqual([one[0]?.text, one[0]?.text]);
  });

  it('stops at a refusal of the whole request and says how far it came', async () => {
    const two = toBatches([{ externalId: 'a' }, { externalId: 'b' }], 'native', 1);
    const { client, terminal, sent } = answering(accepted, { status: 413, body: { detail: 'Too large.' } });
    const sending = sendBatches(two, { client, terminal, format: 'native' });
    await expect(sending).rejects.toThrow('Too large. Until then: 1 accepted, 0 duplicate');
    expect(sent).toHaveLength(2);
  });

  it('takes the refusal of a single alert as its rejection', async () => {
    const { client, terminal, printed } = answering({ status: 422, body: { detail: 'title: is missing.' } });
    expect((await sendBatches(one, { client, terminal, format: 'native' })).rejected).toBe(1);
    expect(printed[0]).toContain('title: is missing.');
  });
});
