import { expect, it } from 'vitest';
import { anAlert } from '../../../test/support/alerts.ts';
import { openPsaWorld } from '../../../test/support/psa.ts';

it('a NUL in an unclear answer stops nothing: it is stored as its picture, the ticket is found', async () => {
  const world = await openPsaWorld({ settleMs: 1_000 });
  await world.ticketFault({
    kind: 'afterCommit',
    status: 502,
    body: 'Bad\u0000\u001bgateway',
    contentType: 'text/html',
  });
  await world.accept(anAlert());
  await world.settled();
  const [attempt] = await world.rows('select attempt_state, adopted, evidence from attempts');
  expect(attempt).toMatchObject({ attempt_state: 'confirmed', adopted: true });
  expect(attempt.evidence).toContain('Bad\u2400\u241bgateway');
});
