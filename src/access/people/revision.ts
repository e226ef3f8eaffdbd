/** Things of people carry no counted revision: theirs is made of what others can change of them. */
import { hash } from 'node:crypto';
import { z } from 'zod';

/** The member of a listed thing that goes back with a change of it. */
export const revision = z
  .int()
  .meta({ description: 'To be sent as If-Match: "<revision>" with a change of what was shown.' });

/** 48 bits of a hash of these members. What was changed and changed back is what was shown. */
export const revisionOf = (members: readonly unknown[]): number =>
  Number.parseInt(hash('sha256', JSON.stringify(members), 'hex').slice(0, 12), 16);
