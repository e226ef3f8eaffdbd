/** The send permit of a mail (promises §2.2): a process can be stopped, and go on after its successor has taken over. */
import type { MailPermit } from '../../smtp/index.ts';
import { type Clock, startPermit } from '../permit.ts';
import type { MailTiming } from './timing.ts';

/** Runs from now. Between its two moments a mail waits for its server, which may be slow. */
export function startMailPermit(clock: Clock, { permitMs, contentMs }: MailTiming): MailPermit {
  const moments = { envelope: startPermit(clock, permitMs), content: startPermit(clock, contentMs) };
  return (moment) => moments[moment]();
}
