import { describe, expect, it } from 'vitest';
import { createVerifier } from './verifier.ts';
import type { SignedHead, Verdict } from './verify.ts';

const whole: Verdict = { state: 'whole', entries: 1, words: '' };
const head = (n: number): SignedHead => ({ n, hash: '', at: '', signature: 'ours' });

/** Looks that end when the test says so. */
function world() {
  const looks: { about: string; end: PromiseWithResolvers<Verdict> }[] = [];
  const parts = {
    db: { inWorkspace: async () => 'key' },
    secretBox: { isSigned: (_place: object, _text: string, signature: string) => signature === 'ours' },
  } as unknown as Parameters<typeof createVerifier>[0];
  const verify = createVerifier(parts, (_parts, workspaceId, signed) => {
    const end = Promise.withResolvers<Verdict>();
    looks.push({ about: `${workspaceId} ${signed?.n ?? ''}`.trim(), end });
    return end.promise;
  });
  const begun = async (n: number) => {
    await expect.poll(() => looks.length).toBe(n);
    return looks.map(({ about }) => about);
  };
  return { verify, looks, begun };
}

describe('looks through the chain', () => {
  it('twenty at once are one, and all get its verdict; the next is a new one', async () => {
    const { verify, looks, begun } = world();
    const twenty = Array.from({ length: 20 }, () => verify('a'));
    expect(await begun(1)).toEqual(['a']);
    looks[0]?.end.resolve(whole);
    expect(await Promise.all(twenty)).toEqual(twenty.map(() => whole));
    void verify('a');
    expect(await begun(2)).toEqual(['a', 'a']);
  });

  it('with another end wait for their turn, also behind one that failed; other workspaces do not', async () => {
    const { verify, looks, begun } = world();
    const first = verify('a');
    const later = verify('a', head(7));
    void verify('b');
    expect(await begun(2)).toEqual(['a', 'b']);
    looks[0]?.end.reject(new Error('the database is away'));
    await expect(first).rejects.toThrow('away');
    expect(await begun(3)).toEqual(['a', 'b', 'a 7']);
    looks[2]?.end.resolve(whole);
    expect(await later).toBe(whole);
  });

  it('with an end that is not ours wait for nobody', async () => {
    const { verify, looks, begun } = world();
    void verify('a');
    await begun(1);
    const forged = verify('a', { ...head(7), signature: 'made up' });
    expect(await begun(2)).toEqual(['a', 'a 7']);
    looks[1]?.end.resolve(whole);
    expect(await forged).toBe(whole);
  });
});
