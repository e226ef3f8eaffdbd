/** Guards of Herald's processes and of the simulation, and the promise test that must fail without each. */
import { inProcess } from './inProcess.ts';
import type { Sabotage } from './sabotage.ts';

const ofProcesses: readonly Sabotage[] = [
  {
    name: 'answer 202 before COMMIT',
    test: 'test/promises/a1.service.test.ts',
    verdict: /lost [1-9]/,
    changes: [
      {
        file: 'src/pipeline.ts',
        find: `
  const accepted = await db.inWorkspace(workspaceId, async (tx) => {
    const current = await settings.inStep(tx, workspaceId);
    const stored = await acceptBatch(tx, workspaceId, current, entries);
    crashPoint('before-accept-commit');
    return stored;
  });`,
        replace: `
  const accepted = await new Promise((answer, fail) => {
    db.inWorkspace(workspaceId, async (tx) => {
      const current = await settings.inStep(tx, workspaceId);
      answer(await acceptBatch(tx, workspaceId, current, entries));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }).catch(fail);
  });`,
      },
    ],
  },
  {
    name: 'synchronous_commit=off',
    test: 'test/promises/a2.service.test.ts',
    verdict: /lost [1-9]/,
    changes: [
      { file: 'src/db/database.ts', find: `'synchronous_commit=on',`, replace: `'synchronous_commit=off',` },
    ],
  },
  {
    name: 'each copy of an alert is a new alert',
    test: 'test/promises/a6.service.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [
      {
        file: 'src/alerts/acceptor.ts',
        find: 'dedupKey: dedupKey(alert),',
        replace: 'dedupKey: Buffer.from(crypto.getRandomValues(new Uint8Array(32))),',
      },
    ],
  },
  {
    name: 'journal written after the call',
    test: 'test/promises/b1.service.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [
      {
        file: 'src/pipeline.ts',
        find: 'const frozen = await freezeWrites(tx, work, held, chosen, current);',
        replace: `const frozen = await freezeWrites(tx, work, held, chosen, current);
    const { send } = await import('./deliver/send.ts');
    const sendNow = async (write) => {
      write.early = await send(held.channels.get(write.channelId), write, () => true);
    };
    await Promise.all(frozen.map(sendNow));
    // What was not answered well was never written down.
    const isDone = ({ early }) => early.kind === 'answered' && early.outcome.kind !== 'uncertain';
    if (!frozen.every(isDone)) throw new Error('an unclear answer, and nothing in the journal');`,
      },
      {
        file: 'src/deliver/sending.ts',
        find: 'event = await send(channel, write, permit);',
        replace: 'event = write.early ?? (await send(channel, write, permit));',
      },
    ],
  },
  {
    name: 'alerts of a ticket written in any order',
    test: 'test/promises/c1.service.test.ts',
    verdict: /misordered [1-9]/,
    changes: [
      {
        file: 'src/deliver/claim.ts',
        find: 'd.place = 2\n           order by d.id limit $3) d',
        replace: 'd.place = 2\n           order by md5(d.id::text) limit $3) d',
      },
      // A digest that takes all that waits hides the order in which it took it.
      {
        file: 'src/deliver/choose.ts',
        find: 'const mostPerDigest = 20_000;',
        replace: 'const mostPerDigest = 2;',
      },
    ],
  },
  {
    name: 'epoch check removed',
    test: 'test/promises/b4.service.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [
      {
        file: 'src/deliver/journal.ts',
        find: 'l.channel_id = mine.channel_id and l.epoch = mine.epoch',
        replace: 'l.channel_id = mine.channel_id',
      },
      // The renewal would notice as well, a moment later.
      {
        file: 'src/wake/worker.ts',
        find: 'if (ours.get(channelId)?.epoch === epoch || epochOf(channelId)',
        replace: 'if (!ours.get(channelId)?.epoch || epoch || epochOf(channelId)',
      },
    ],
  },
  {
    name: 'send permit never runs out: processes that stop (B4)',
    test: 'test/promises/b4.service.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [
      {
        file: 'src/deliver/send.ts',
        find: 'export async function send(channel: Channel, { content }: OpenWrite, permit: Permit): Promise<WriteEvent> {',
        replace: `export async function send(channel: Channel, { content }: OpenWrite, _: Permit): Promise<WriteEvent> {
  const permit = () => true;`,
      },
    ],
  },
  {
    name: 'a refused login does not stop the connection',
    test: 'test/promises/d5.service.test.ts',
    verdict: /other [1-9]/,
    changes: [
      {
        file: 'src/deliver/flow.ts',
        find: `
        isStopped = true;
        return;`,
        replace: '',
      },
      {
        file: 'src/connections/ask.ts',
        find: 'await setAttention(tx, workspaceId, connectionId, text);',
        replace: 'return;',
      },
    ],
  },
  {
    name: 'look-up without waiting for W',
    test: 'test/promises/b2.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [
      {
        file: 'src/deliver/step.ts',
        find: 'const isSettled = at >= state.startedAt + timing.settleMs;',
        replace: 'const isSettled = true;',
      },
    ],
  },
  {
    name: 'send permit never runs out: simulated (B2)',
    test: 'test/promises/b2.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [
      {
        file: 'src/deliver/permit.ts',
        find: 'return clock.monotonic() - monotonic < ms && elapsedWall < ms && elapsedWall > -ms;',
        replace: 'return true || elapsedWall;',
      },
    ],
  },
  {
    name: 'a ticket that was refused after an unclear answer is not looked for again',
    test: 'test/promises/b3.test.ts',
    verdict: /other [1-9]/,
    changes: [
      {
        file: 'src/deliver/changes.ts',
        find: "(state.phase === 'settled' && wasUncertain(write)",
        replace: '(delivered && wasUncertain(write)',
      },
    ],
  },
  {
    name: 'one pool of slots for all connections',
    test: 'test/promises/d1.service.test.ts',
    verdict: /other [1-9]/,
    changes: [
      {
        file: 'src/wake/serving.ts',
        find: 'before?.slots ??',
        replace: '((globalThis as any).onePool ??= createSlots(perEndpoint, total)) ??',
      },
    ],
  },
  {
    name: 'a ticket takes any number of notes',
    test: 'test/promises/e1.service.test.ts',
    verdict: /^E1: .*other [1-9]/,
    finding: /^\d+ notes, bar \d+$/m,
    changes: [
      {
        file: 'src/deliver/throttle.ts',
        find: 'return Math.max(0, 1 - credit) * scaled(noteEveryMs, timing);',
        replace: 'return 0 * scaled(noteEveryMs, timing) * credit;',
      },
    ],
  },
  {
    name: 'the delivery log leaves one out between two pages',
    test: 'test/promises/p21.service.test.ts',
    verdict: /^P21: .*other [1-9]/,
    finding: /: \d+ alerts shown, the PSA has \d+/,
    changes: [
      {
        file: 'src/receipts/store.ts',
        find: '($5::bigint is null or d.id < $5)',
        replace: '($5::bigint is null or d.id < $5 - 1)',
      },
    ],
  },
  {
    name: 'a counter passes digests over',
    test: 'test/promises/p21.service.test.ts',
    verdict: /^P21: .*other [1-9]/,
    finding: /^\/metrics counts \d+ of noteCreated, the PSA \d+$/m,
    changes: [
      {
        file: 'src/metrics.ts',
        find: 'confirmed.inc({ kind: write.content.kind });',
        replace: "if (write.content.kind !== 'digest') confirmed.inc({ kind: write.content.kind });",
      },
    ],
  },
  {
    name: 'nothing is looked for after a restore',
    test: 'test/promises/s4.service.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [{ file: 'src/deliver/groups.ts', find: 'and g.look_first is null', replace: '' }],
  },
  {
    name: 'markers that a restored database cannot know',
    test: 'test/promises/s4.service.test.ts',
    verdict: /duplicated [1-9]/,
    changes: [
      {
        file: 'src/plan/markers.ts',
        find: "createHmac('sha256', connectionId)",
        replace: "createHmac('sha256', connectionId + Math.random())",
      },
    ],
  },
];

export const sabotages: readonly Sabotage[] = [...ofProcesses, ...inProcess];

/** The sabotage of this name. @throws Error when there is none */
export function sabotageNamed(name: string | undefined): Sabotage {
  const sabotage = sabotages.find((one) => one.name === name);
  if (!sabotage) throw new Error(`there is no sabotage "${name}"`);
  return sabotage;
}
