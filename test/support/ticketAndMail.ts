/** A world whose alerts become tickets of the simulated PSA, and mails. */
import { simpleParser } from 'mailparser';
import { anAlert } from './alerts.ts';
import { changed, setUpMail } from './mail.ts';
import { openSink, withMail } from './mailWorld.ts';
import { openPsaWorld } from './psa.ts';

/** Titles are the subjects of both. Ends with the test. */
export async function openBoth(ticketSubject = '{{ alert.title }}') {
  const world = await openPsaWorld({ tickets: { ticketSubject } });
  await setUpMail(world, ['ann@msp.example']);
  const w = await withMail(world, await openSink(), { perMinute: 6_000 });
  await w.db.inWorkspace(w.workspaceId, async (tx) => {
    await tx.query(`update mail_settings set global_subject = '{{ alert.title }}'`);
    await changed(tx, w.workspaceId);
  });
  return {
    ...w,
    /** The ticket and the mail that come of it. */
    async both(members: Parameters<typeof anAlert>[0]) {
      const before = (await w.tickets()).length;
      await w.accept(anAlert(members));
      await w.later(600_000);
      await w.settled();
      const message = w.sink.accepted.at(-1);
      const ticket = (await w.tickets())[before];
      if (!message || !ticket) throw new Error('it became no ticket or no mail');
      return { ticket, message, mail: await simpleParser(message) };
    },
  };
}
