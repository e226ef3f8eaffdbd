/**
 * One round of the mail of a workspace, as `deliver` is one of its connections: outcomes are settled, what waits gets
 * its mailbox, the next mails are frozen with their attempts, and only after COMMIT anything is sent.
 */
import { crashPoint } from '../../crashPoints.ts';
import { type Database, ReadAgain, type Tx } from '../../db/database.ts';
import type { Settings } from '../../plan/types.ts';
import type { SettingsCache } from '../../settings/index.ts';
import { chooseMails } from './choose.ts';
import { type FrozenMail, freezeMails, holdMailLease, loadAbandonedMails } from './journal.ts';
import { nextMailDue, startMailAttempts } from './retries.ts';
import { endOf, settleMails } from './settle.ts';
import type { MailRound, MailWork, OpenMail } from './types.ts';
import { moveHeldMails } from './waiting.ts';
import { oweWayOuts } from './wayOuts.ts';

/** Deliveries that change their state with the channel in one round. */
const mostMoved = 2_000;
const mostAbandoned = 200;

const lost: MailRound = {
  isHeld: false,
  now: 0,
  applied: [],
  frozen: [],
  more: false,
  dueAt: undefined,
  permit: undefined,
};

export async function deliverMail(db: Database, settings: SettingsCache, work: MailWork): Promise<MailRound> {
  const { workspaceId } = work.channel;
  const round = await db.inWorkspace(workspaceId, async (tx) => {
    const now = await holdMailLease(tx, work.channel);
    // That a server has taken a mail stays true whoever sends the next ones.
    if (now === undefined) return { ...lost, applied: await settleMails(tx, workspaceId, takenOf(work)) };
    const current = await settings.inStep(tx, workspaceId);
    const outcomes = [...work.outcomes, ...(await takeOver(tx, work, now))];
    const applied = await settleMails(tx, workspaceId, outcomes);
    const settled = { ...lost, isHeld: true, now, applied };
    if (work.isClosing) return settled;
    const begun = await begin(tx, work, current, now);
    const permit = work.startPermit();
    crashPoint('before-mail-round-commit');
    return { ...settled, ...begun, permit };
  });
  crashPoint('after-mail-round-commit');
  return round;
}

const takenOf = ({ outcomes }: MailWork) => outcomes.filter(({ event }) => event.kind === 'done');

/** Attempts of an earlier epoch end here: nobody knows how far they came. */
async function takeOver(tx: Tx, work: MailWork, now: number) {
  if (!work.looksAround) return [];
  const abandoned = await loadAbandonedMails(tx, work.channel, mostAbandoned);
  return abandoned.map((mail) => endOf(mail, { kind: 'takenOver' }, work, now));
}

async function begin(
  tx: Tx,
  work: MailWork,
  settings: Settings,
  now: number,
): Promise<Pick<MailRound, 'frozen' | 'more' | 'dueAt'>> {
  const { workspaceId } = work.channel;
  const { mail } = settings;
  if (!mail || mail.attention !== undefined) {
    const problem = mail?.attention ?? 'No mail server is set up.';
    const moved = await moveHeldMails(tx, workspaceId, 'held', { problem, limit: mostMoved });
    // Nothing is due before the settings change, and whoever changes them wakes us.
    return { frozen: [], more: moved === mostMoved, dueAt: undefined };
  }
  const freed = await moveHeldMails(tx, workspaceId, 'pending', { problem: null, limit: mostMoved });
  await oweWayOuts(tx, workspaceId, settings);
  const chosen = await chooseMails(tx, work, settings);
  const started = await startMailAttempts(tx, work.channel, chosen.again);
  if (started !== deliveriesOf(chosen.again)) throw new ReadAgain('a mail that was due no longer waits');
  const fresh = await freeze(tx, work, chosen.fresh, now);
  const dueAt = await nextMailDue(tx, workspaceId);
  return { frozen: [...chosen.again, ...fresh], more: chosen.more || freed === mostMoved, dueAt };
}

const deliveriesOf = (mails: readonly Pick<OpenMail, 'deliveryIds'>[]): number =>
  mails.reduce((sum, { deliveryIds }) => sum + deliveryIds.length, 0);

/** @throws ReadAgain when a person has discarded one of the deliveries since they were read: it must not be sent */
async function freeze(
  tx: Tx,
  work: MailWork,
  mails: readonly FrozenMail[],
  now: number,
): Promise<OpenMail[]> {
  if (mails.length === 0) return [];
  const { ids, taken } = await freezeMails(tx, work.channel, mails);
  if (taken !== deliveriesOf(mails)) throw new ReadAgain('a delivery that was chosen no longer waits');
  return mails.map((mail, i) => ({ ...mail, writeId: ids[i] as string, firstAt: now }));
}
