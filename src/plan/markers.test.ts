import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveMarkers, type GroupIdentity, keyLine, noteKey, sequenceIn } from './markers.ts';

const group: GroupIdentity = {
  connectionId: '5f0c7f0e-6f7e-4c2a-9d5e-0d7b1a2c3e4f',
  accountId: '217',
  organizationKey: 'org-17',
  keyHash: new Uint8Array(32).fill(7),
};

const markerOf = (of: GroupIdentity, generation = 1): string => deriveMarkers(of, generation)[0];

describe('markers (promises §2.1)', () => {
  it('are the same in every database: a restored one must arrive at those that it has forgotten', () => {
    expect(markerOf(group)).toBe('A-DT2QNB8Z');
    expect(markerOf({ ...group, keyHash: Buffer.from(group.keyHash) })).toBe('A-DT2QNB8Z');
  });

  it.each<[string, string]>([
    ['connection', markerOf({ ...group, connectionId: '6f0c7f0e-6f7e-4c2a-9d5e-0d7b1a2c3e4f' }, 1)],
    ['account', markerOf({ ...group, accountId: '218' }, 1)],
    ['organization', markerOf({ ...group, organizationKey: 'org-18' }, 1)],
    ['key', markerOf({ ...group, keyHash: new Uint8Array(32).fill(8) }, 1)],
    ['generation', markerOf(group, 2)],
    ['spare', deriveMarkers(group, 1)[1]],
    ['border between parts', markerOf({ ...group, accountId: '217org', organizationKey: '-17' }, 1)],
  ])('differ by %s', (_, marker) => {
    expect(marker).not.toBe(markerOf(group));
  });

  it('have eight letters without look-alikes', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (accountId, generation) => {
        expect(markerOf({ ...group, accountId }, generation)).toMatch(/^A-[2-9A-HJ-NP-Z]{8}$/);
      }),
    );
  });

  it('number the writes of a group', () => {
    expect(noteKey('A-7K3Q9M2F', 12)).toBe('A-7K3Q9M2F/0012');
    expect(noteKey('A-7K3Q9M2F', 12345)).toBe('A-7K3Q9M2F/12345');
    expect(keyLine('A-7K3Q9M2F/0012')).toBe('ref A-7K3Q9M2F/0012');
  });

  it.each([
    ['text\n\nref A-7K3Q9M2F', 'ticket'],
    ['text\nref A-7K3Q9M2F/0012', 12],
    ['text\nref A-7K3Q9M2F/12345 \n\n', 12345],
    ['text\nref A-7K3Q9M2G/0012', undefined],
    ['text\nref A-7K3Q9M2F/12', undefined],
    ['ref A-7K3Q9M2F/0012\nsomebody wrote on', undefined],
    ['see ref A-7K3Q9M2F/0012', undefined],
    ['', undefined],
  ])('are read back from the last line of %j', (text, sequence) => {
    expect(sequenceIn(text, 'A-7K3Q9M2F')).toBe(sequence);
  });
});
