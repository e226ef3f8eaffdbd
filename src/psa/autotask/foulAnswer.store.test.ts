import { expect, it, onTestFinished } from 'vitest';
import { anAlert, openWorld } from '../../../test/support/world.ts';

it('a NUL in an unclear answer stops nothing: it is stored as its picture, the ticket is found', async () => {
  const world = await openWorld({ settleMs: 1_000 });
  onTestFinished(() => world.close());
  const fault = {
    kind: 'afterCommit',
    status: 502,
    body: 'Bad\u0000\u001bgateway',
    contentType: 'text/html',
  };
  const answer = await fetch(`${world.simulator.url}/control/faults`, {
    method: 'POST',
    body: JSON.stringify({ match: { method: 'POST', path: '/Tickets$' }, fault }),
  });
  expect(answer.status).toBe(200);
  await world.accept(anAlert());
  await world.settled();
  const [attempt] = await world.rows('select attempt_state, adopted, evidence from attempts');
  expect(attempt).toMatchObject({ attempt_state: 'confirmed', adopted: true });
  expect(attempt.evidence).toContain('Bad\u2400\u241bgateway');
});
