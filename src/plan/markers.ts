/** The keys by which we recognise our own tickets and notes in a PSA (promises §2.1). */
import { createHmac } from 'node:crypto';

/** 32 capitals and digits without those that look alike (0 O, 1 I). */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** What a ticket group is, whatever the database that holds it. */
export interface GroupIdentity {
  connectionId: string;
  accountId: string;
  organizationKey: string;
  keyHash: Uint8Array;
}

/**
 * The marker of a group's nth ticket, such as `A-7K3Q9M2F`, and a spare one: 40 bits each that follow from what the
 * group is, so that a database restored from a backup arrives at the markers that were given out after it
 * (docs/adr/0007). The connection's id is random and stands in no ticket: a marker tells nothing about the workspace.
 * Two groups of a connection may come to the same marker; the later one takes its spare.
 */
export function deriveMarkers(group: GroupIdentity, generation: number): [marker: string, spare: string] {
  const { connectionId, accountId, organizationKey, keyHash } = group;
  const place = [accountId, organizationKey, Buffer.from(keyHash).toString('hex'), generation, 0];
  const bytes = createHmac('sha256', connectionId).update(JSON.stringify(place)).digest();
  return [markerOf(bytes.readUIntBE(0, 5)), markerOf(bytes.readUIntBE(5, 5))];
}

/** Eight letters for 40 bits. */
function markerOf(bits: number): string {
  let letters = '';
  for (let rest = bits; letters.length < 8; rest = Math.floor(rest / 32))
    letters = `${alphabet[rest % 32]}${letters}`;
  return `A-${letters}`;
}

/** The key of the `sequence`-th write of a ticket group, such as `A-7K3Q9M2F/0012`. */
export function noteKey(marker: string, sequence: number): string {
  return `${marker}/${String(sequence).padStart(4, '0')}`;
}

/** The last line of every ticket description and note: `ref A-7K3Q9M2F/0012`. */
export function keyLine(key: string): string {
  return `ref ${key}`;
}

/**
 * Which write of the group a text is: the number in its {@link noteKey}, `ticket` for the ticket's own text, undefined
 * when it is not one of ours or another group's. People and PSAs may leave blank lines after the key line.
 */
export function sequenceIn(text: string, marker: string): number | 'ticket' | undefined {
  const last = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  if (last === keyLine(marker)) return 'ticket';
  const start = `${keyLine(marker)}/`;
  const digits = last.startsWith(start) ? last.slice(start.length) : '';
  return /^\d{4,9}$/.test(digits) ? Number(digits) : undefined;
}
