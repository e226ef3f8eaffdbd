/** The keys by which we recognise our own tickets and notes in a PSA (promises §2.1). */

/** 32 capitals and digits without those that look alike (0 O, 1 I). */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/**
 * A new marker such as `A-7K3Q9M2F`: 40 random bits, nothing about the workspace. Unique per connection only because
 * the database refuses a second one. `random` answers that many random bytes.
 */
export function makeMarker(random: (bytes: number) => Uint8Array): string {
  let bits = 0n;
  for (const byte of random(5)) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let shift = 35n; shift >= 0n; shift -= 5n) text += alphabet[Number((bits >> shift) & 31n)];
  return `A-${text}`;
}

/** The key of the `sequence`-th write of a ticket group, such as `A-7K3Q9M2F/0012`. */
export function noteKey(marker: string, sequence: number): string {
  return `${marker}/${String(sequence).padStart(4, '0')}`;
}

/** The last line of every ticket description and note: `ref A-7K3Q9M2F/0012`. */
export function keyLine(key: string): string {
  return `ref ${key}`;
}
