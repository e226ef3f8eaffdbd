/** Ids by which mail programs and servers know mails: the same for the same mail, however often it is sent (promise P12). */
import { createHash } from 'node:crypto';

/**
 * The Message-ID of the mail that carries these deliveries, with its angle brackets.
 *
 * @param deliveryIds in any order
 * @param host a domain of the sender
 * @param key what makes the ids unique beyond this database, for example the id of the workspace: mail servers silently
 *   drop a second mail with a Message-ID that they have seen
 */
export function messageIdOf(deliveryIds: readonly string[], host: string, key: string): string {
  return idOf('mail', [key, ...deliveryIds.toSorted()], host);
}

/** The id that all mails of a thread refer to, and that no mail has itself. `key` names the thread. */
export function threadIdOf(key: string, host: string): string {
  return idOf('thread', [key], host);
}

function idOf(what: string, parts: readonly string[], host: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([what, ...parts]))
    .digest('hex');
  const name = host.toLowerCase().replace(/[^a-z0-9.-]/g, '') || 'herald.invalid';
  return `<${what}.${hash.slice(0, 40)}@${name}>`;
}
