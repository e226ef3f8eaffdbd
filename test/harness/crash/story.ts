/** What happens to a Herald in its life, in two chapters, so that it comes by each point of its work twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { alertId } from '../alerts.ts';
import type { Sender } from '../sender.ts';
import { apiOf, type Customer } from '../setup.ts';
import type { Simulator } from '../simulator.ts';

/** The first connection gets the alerts; each chapter removes one of the next two and finishes one of the last two. */
export const cast = { all: 5, unfinished: 2 };

export interface Story {
  alerts(chapter: number): Promise<void>;
  changes(chapter: number): Promise<void>;
  /** One more alert, for a ticket that is there already. */
  end(): Promise<void>;
}

export interface Scene {
  url: string;
  customers: readonly Customer[];
  simulator: Simulator;
  sender: Sender;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
  hasDied(): boolean;
}

export function createStory(scene: Scene): Story {
  const { customers, simulator, sender, settled } = scene;
  const [main] = customers as [Customer];
  let alerts = 0;

  async function send(group: string, count: number, { reference }: Customer = main): Promise<void> {
    const sending = Array.from({ length: count }, () => {
      alerts += 1;
      return sender.send({ externalId: alertId('A3', alerts), group, reference, severity: 'high' });
    });
    await Promise.all(sending);
  }

  const fault = (match: object, answer: object, times = 1) =>
    simulator.control('POST', 'faults', { match, fault: answer, times });

  return {
    /** A ticket, a note, a digest; lost answers to a ticket and to a note; a request that did not arrive. */
    async alerts(chapter) {
      const [quiet, lost, never] = ['Quiet', 'Lost', 'Never'].map((word) => `${word} ${chapter}`) as [
        string,
        string,
        string,
      ];
      await fault({ method: 'POST', body: lost }, { kind: 'afterCommit', answer: 'reset' }, 2);
      await fault({ method: 'POST', body: never }, { kind: 'beforeCommit', answer: 'reset' });
      // The first one's ticket is there already in the second chapter.
      await Promise.all(['Quiet 1', quiet, lost, never].map((group) => send(group, 1)));
      await settled();
      await Promise.all([quiet, lost].map((group) => send(group, 1)));
      await settled();
      await send(quiet, 4);
    },

    /** A connection is finished and gets an alert, another is removed; the accounts are loaded, once in vain. */
    async changes(chapter) {
      const removed = customers[chapter] as Customer;
      const finished = customers[customers.length - cast.unfinished - 1 + chapter] as Customer;
      await change(scene, 'POST', `${finished.connectionId}/finish`, { confirmUnmapped: true });
      await send(`New ${chapter}`, 1, finished);
      await change(scene, 'DELETE', removed.connectionId);
      await fault({ path: '/Companies/query$' }, { kind: 'beforeCommit', status: 400, body: '{}' });
      await load(scene, main);
      await load(scene, main);
      await settled();
    },

    async end() {
      await send('Quiet 1', 1);
      await settled();
    },
  };
}

const mostTries = 400;
const againMs = 50;

/** A change by a person who asks again until there is an answer; what is gone has been removed. */
async function change({ url }: Scene, method: string, path: string, body?: object): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await apiOf(url)(method, `/psa/connections/${path}`, body);
      return;
    } catch (error) {
      const { message } = error as Error;
      if (method === 'DELETE' && / answered with 404/.test(message)) return;
      if (/ answered with 4/.test(message) || tries === mostTries) throw error;
      await sleep(againMs);
    }
  }
}

/** Loads the accounts; a load whose process has died is taken over after minutes only. */
async function load(scene: Scene, { connectionId }: Customer): Promise<void> {
  const api = apiOf(scene.url);
  await change(scene, 'POST', `${connectionId}/refresh`);
  for (let tries = 1; !scene.hasDied(); tries += 1) {
    const path = `/psa/connections/${connectionId}`;
    const answer = await api<{ directory: { state: string } }>('GET', path).catch(() => undefined);
    if (answer && answer.directory.state !== 'loading') return;
    if (tries === mostTries) throw new Error('the accounts are never loaded');
    await sleep(againMs);
  }
}
