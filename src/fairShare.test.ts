import { describe, expect, it } from 'vitest';
import { createFairShare, type Entrant } from './fairShare.ts';

const of = (owner: string, part = 'key'): Entrant => ({ owner, part });

/** Enters with 1 until turned away; answers how often it went well. */
function fill(share: ReturnType<typeof createFairShare>, entrant: Entrant): number {
  for (let n = 0; ; n += 1) if (share.enter(entrant, 1).kind !== 'taken') return n;
}

describe('a room that is shared', () => {
  it('leaves place for others, however many one sends', () => {
    const share = createFairShare(900);
    const [a, b, c] = ['a', 'b', 'c'].map((owner) => fill(share, of(owner)));
    expect(a).toBeGreaterThan(350);
    expect(a).toBeLessThanOrEqual(600);
    expect(b).toBeGreaterThan(100);
    expect(c).toBeGreaterThan(30);
    expect(share.used).toBeLessThanOrEqual(900);
  });

  it('leaves place for the other keys of a workspace, and for other workspaces', () => {
    const share = createFairShare(900);
    fill(share, of('a', 'loud'));
    expect(share.enter(of('a', 'quiet'), 1).kind).toBe('taken');
    expect(share.enter(of('b'), 1).kind).toBe('taken');
    expect(share.enter(of('a', 'loud'), 1).kind).toBe('share');
  });

  it('has the share free again when something leaves, once', () => {
    const share = createFairShare(90);
    const first = share.enter(of('a'), 10);
    fill(share, of('a'));
    expect(share.enter(of('a'), 1).kind).toBe('share');
    const before = share.used;
    if (first.kind === 'taken') {
      first.leave();
      first.leave();
    }
    expect(share.used).toBe(before - 10);
    expect(share.enter(of('a'), 1).kind).toBe('taken');
  });

  it('takes what is large when nothing else of its sender is there, up to the whole room', () => {
    const share = createFairShare(100);
    expect(share.enter(of('a'), 101).kind).toBe('full');
    expect(share.enter(of('a'), 90).kind).toBe('taken');
    expect(share.enter(of('a'), 1).kind).toBe('share');
    expect(share.enter(of('b'), 10).kind).toBe('taken');
    expect(share.enter(of('c'), 1).kind).toBe('full');
  });

  it('remembers nobody who has left', () => {
    const share = createFairShare(100);
    const places = Array.from({ length: 50 }, (_, n) => share.enter(of(`w${n}`), 1));
    for (const place of places) if (place.kind === 'taken') place.leave();
    expect(share.used).toBe(0);
    expect(fill(share, of('a'))).toBe(fill(createFairShare(100), of('a')));
  });
});
