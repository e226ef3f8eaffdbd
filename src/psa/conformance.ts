/**
 * What every adapter must do, run against its simulator (style "An adapter"). A vendor plugs in by describing its
 * simulator as a {@link SimulatedPsa}; the expectations are the same for all.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConformanceHttp, createConformanceHttp } from './conformanceHttp.ts';
import type { Adapter, NoteDraft, Session, TicketDraft } from './contract.ts';

/** What a simulator does to the next ticket or note that is created, once. */
export type Misbehaviour =
  /** Stores nothing and never answers. */
  | 'hangBefore'
  /** Stores it and never answers. */
  | 'hangAfter'
  | 'resetBefore'
  | 'resetAfter'
  /** Stores it and answers half. */
  | 'truncatedAfter'
  /** Stores it and answers a success without an id. */
  | 'noIdAfter'
  /** Answers an HTML page with 502; nothing stored. */
  | 'htmlBefore'
  | 'htmlAfter'
  /** Stores it and answers a page with 502 that holds NUL and ESC, longer than what is kept. */
  | 'foulAfter'
  /** Refuses with 400 and an error text that holds NUL, ESC and half a surrogate pair; nothing stored. */
  | 'foulRefusal'
  /** Answers a redirect to another host. */
  | 'redirect'
  /** Refuses for too many calls, and says to wait 7 seconds. */
  | 'rateLimit';

/** A running simulator of one vendor, and how to use it. */
export interface SimulatedPsa {
  /** Pointed at the simulator. */
  adapter: Adapter;
  credentials: Record<string, string>;
  /** A user that exists, with a wrong secret. */
  wrongCredentials: Record<string, string>;
  /** An account with an active contact. */
  companyId: string;
  contact: { id: string; email: string };
  /** Contracts of that account, and an active service; left out where the vendor has none. */
  billing?: { contractId: string; inactiveContractId: string; serviceId: string };
  /** A ticket that the simulator accepts. */
  ticket(key: string): TicketDraft;
  /** A note that the simulator accepts; its text ends with its key, as always. */
  note(key: string): NoteDraft;
  /** A ticket that the vendor refuses for its priority. */
  refusedTicket(key: string): TicketDraft;
  misbehave(how: Misbehaviour): Promise<void>;
  /** Calls that have come in and are not answered yet. */
  callsUnderWay(): Promise<number>;
  ticketsWithKey(key: string): Promise<number>;
  notesOf(ticketRef: string): Promise<number>;
  closeTicket(ticketRef: string): Promise<void>;
  deleteTicket(ticketRef: string): Promise<void>;
  /** Logins refused so far. */
  refusedLogins(): Promise<number>;
  stop(): Promise<void>;
}

const always = () => true;
const key = 'A-7K3Q9M2F';
const noteKey = `${key}/0001`;

/** What keeps a text from being stored and shown; empty when nothing does. */
function foulIn(text: string): string[] {
  const found: string[] = [];
  if (/[^\P{Cc}\n\r\t]/u.test(text)) found.push('a control character');
  if (!text.isWellFormed()) found.push('half a surrogate pair');
  if (Buffer.byteLength(text) > 2_048) found.push('more than 2 kB');
  return found;
}

/** Declares the suite. `start` is called for each test; what it started is stopped after it. */
export function describeConformance(label: string, start: () => Promise<SimulatedPsa>): void {
  describe(`${label} conforms`, () => {
    let psa: SimulatedPsa;
    let calls: ConformanceHttp;
    let session: Session;

    beforeEach(async () => {
      psa = await start();
      calls = createConformanceHttp();
      session = psa.adapter.open(psa.credentials, calls.http);
    });
    afterEach(async () => {
      await calls.close();
      await psa.stop();
    });

    async function createdTicket(): Promise<string> {
      const outcome = await session.createTicket(psa.ticket(key), always);
      if (outcome.kind !== 'done') throw new Error(`The ticket was not created: ${JSON.stringify(outcome)}`);
      return outcome.receipt.ref;
    }

    it('creates a ticket and finds it again by its key', async () => {
      expect(await session.findTicket(key)).toEqual({ kind: 'none' });
      const outcome = await session.createTicket(psa.ticket(key), always);
      expect(outcome).toMatchObject({ kind: 'done', receipt: { ref: expect.stringMatching(/./) } });
      const ref = outcome.kind === 'done' ? outcome.receipt.ref : '';
      expect(await session.findTicket(key)).toMatchObject({ kind: 'found', receipt: { ref }, surplus: [] });
      expect(await session.findTicket(`${key}9`)).toEqual({ kind: 'none' });
      expect(await psa.ticketsWithKey(key)).toBe(1);
    });

    it('shows the first of two tickets with one key, the other as surplus', async () => {
      const first = await createdTicket();
      const second = await createdTicket();
      expect(await session.findTicket(key)).toMatchObject({
        kind: 'found',
        receipt: { ref: first },
        surplus: [{ ref: second }],
      });
    });

    it('adds a note and finds it again by its key', async () => {
      const ref = await createdTicket();
      const note = psa.note(noteKey);
      expect(await session.findNote(ref, note)).toEqual({ kind: 'none' });
      const outcome = await session.addNote(ref, note, always);
      expect(outcome.kind).toBe('done');
      const receipt = outcome.kind === 'done' ? outcome.receipt : undefined;
      expect(await session.findNote(ref, note)).toMatchObject({
        kind: 'found',
        receipt: { ref: receipt?.ref },
      });
      expect(await session.findNote(ref, psa.note(`${key}/0002`))).toEqual({ kind: 'none' });
    });

    it('reads the texts of a ticket and of its notes, as they were sent', async () => {
      const ref = await createdTicket();
      const since = new Date();
      const note = psa.note(noteKey);
      await session.addNote(ref, note, always);
      const ofTicket = { of: 'ticket', ref, text: psa.ticket(key).description };
      expect(await session.ticketTexts(ref, since)).toEqual({
        kind: 'ok',
        value: [ofTicket, { of: 'note', ref: expect.stringMatching(/./), text: note.text }],
      });
      await psa.deleteTicket(ref);
      expect(await session.ticketTexts(ref, since)).toEqual({ kind: 'ok', value: [] });
    });

    it('refuses a note for a ticket that is gone', async () => {
      const ref = await createdTicket();
      await psa.deleteTicket(ref);
      const outcome = await session.addNote(ref, psa.note(noteKey), always);
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'notFound' });
    });

    it('tells open, closed and deleted tickets apart', async () => {
      const refs = [await createdTicket(), await createdTicket(), await createdTicket()] as const;
      await psa.closeTicket(refs[1]);
      await psa.deleteTicket(refs[2]);
      const read = await session.ticketStates([...refs]);
      const kinds = read.kind === 'ok' ? refs.map((ref) => read.value.get(ref)?.kind) : read;
      expect(kinds).toEqual(['open', 'closed', 'gone']);
      const closed = read.kind === 'ok' ? read.value.get(refs[1]) : undefined;
      const closedAt = closed?.kind === 'closed' ? closed.closedAt : undefined;
      expect(closedAt === undefined || Math.abs(closedAt.getTime() - Date.now()) < 60_000).toBe(true);
    });

    it('reopens a closed ticket, where it can; twice is as good as once (decision 14)', async () => {
      const { reopen } = session;
      if (!reopen) return;
      const ref = await createdTicket();
      await psa.closeTicket(ref);
      const { values } = psa.ticket(key);
      for (let time = 0; time < 2; time += 1) {
        expect(await reopen(ref, values, always)).toMatchObject({ kind: 'done', receipt: { ref } });
        const read = await session.ticketStates([ref]);
        expect(read.kind === 'ok' && read.value.get(ref)?.kind).toBe('open');
      }
      await psa.closeTicket(ref);
      expect((await reopen(ref, values, () => false)).kind).toBe('refused');
      await psa.deleteTicket(ref);
      expect((await reopen(ref, values, always)).kind).toBe('refused');
    });

    it('names the field that was refused, and nothing was created', async () => {
      const outcome = await session.createTicket(psa.refusedTicket(key), always);
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'invalid', field: 'priorities' });
      expect(await psa.ticketsWithKey(key)).toBe(0);
    });

    it('bad credentials cost one login and are told as such', async () => {
      const wrong = psa.adapter.open(psa.wrongCredentials, calls.http);
      const checks = await wrong.verify();
      expect(checks.at(-1)?.ok).toBe(false);
      expect(await psa.refusedLogins()).toBe(1);
      const outcome = await wrong.createTicket(psa.ticket(key), always);
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'auth' });
      expect(await psa.refusedLogins()).toBe(2);
    });

    it('verifies good credentials line by line', async () => {
      const checks = await session.verify();
      expect(checks.length).toBeGreaterThan(1);
      expect(checks.filter((check) => !check.ok)).toEqual([]);
    });

    it('a rate limit is a refusal, and the next call goes through', async () => {
      await psa.misbehave('rateLimit');
      const outcome = await session.createTicket(psa.ticket(key), always);
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'rateLimited' });
      expect(outcome.kind === 'refused' && outcome.retryAfterMs).toBe(7_000);
      expect((await session.createTicket(psa.ticket(key), always)).kind).toBe('done');
      expect(await psa.ticketsWithKey(key)).toBe(1);
    });

    it.each([
      ['hangBefore', 0],
      ['hangAfter', 1],
    ] as const)(
      'a ticket whose answer never comes (%s) is uncertain, sent once, and found if it is there',
      async (how, count) => {
        // A first call, so that only the create meets the deadline.
        await session.findTicket(key);
        await psa.misbehave(how);
        const underWay = session.createTicket(psa.ticket(key), always);
        await vi.waitFor(async () => {
          expect(await psa.callsUnderWay()).toBe(1);
          expect(await psa.ticketsWithKey(key)).toBe(count);
        });
        calls.giveUp();
        expect((await underWay).kind).toBe('uncertain');
        expect((await session.findTicket(key)).kind).toBe(count === 1 ? 'found' : 'none');
        expect(await psa.ticketsWithKey(key)).toBe(count);
      },
    );

    it.each([
      ['resetBefore', 0],
      ['resetAfter', 1],
      ['truncatedAfter', 1],
      ['noIdAfter', 1],
      ['htmlBefore', 0],
      ['htmlAfter', 1],
      ['foulAfter', 1],
    ] as const)(
      'an unclear answer to a ticket (%s) is uncertain, and found by key if it is there',
      async (how, count) => {
        await psa.misbehave(how);
        const outcome = await session.createTicket(psa.ticket(key), always);
        expect(outcome.kind).toBe('uncertain');
        expect(outcome.kind === 'uncertain' && outcome.evidence).not.toBe('');
        expect((await session.findTicket(key)).kind).toBe(count === 1 ? 'found' : 'none');
        expect(await psa.ticketsWithKey(key)).toBe(count);
      },
    );

    it.each([
      ['resetAfter', 1],
      ['noIdAfter', 1],
      ['htmlBefore', 0],
    ] as const)(
      'an unclear answer to a note (%s) is uncertain, and found by key if it is there',
      async (how, count) => {
        const ref = await createdTicket();
        const note = psa.note(noteKey);
        await psa.misbehave(how);
        expect((await session.addNote(ref, note, always)).kind).toBe('uncertain');
        expect((await session.findNote(ref, note)).kind).toBe(count === 1 ? 'found' : 'none');
        expect(await psa.notesOf(ref)).toBe(count);
      },
    );

    it('the words of a foul answer can be stored: no control characters, no halves, at most 2 kB', async () => {
      await psa.misbehave('foulAfter');
      const unclear = await session.createTicket(psa.ticket(key), always);
      expect(unclear.kind === 'uncertain' && foulIn(unclear.evidence)).toEqual([]);
      await psa.misbehave('foulRefusal');
      const refused = await session.createTicket(psa.ticket(noteKey), always);
      expect(refused).toMatchObject({ kind: 'refused', reason: 'invalid' });
      expect(refused.kind === 'refused' && foulIn(refused.text)).toEqual([]);
    });

    it('a redirect is refused and not followed', async () => {
      await psa.misbehave('redirect');
      expect((await session.createTicket(psa.ticket(key), always)).kind).toBe('refused');
    });

    it('an expired permit leaves nothing behind', async () => {
      const outcome = await session.createTicket(psa.ticket(key), () => false);
      expect(outcome.kind).toBe('refused');
      expect(await psa.ticketsWithKey(key)).toBe(0);
    });

    it('a PSA that cannot be reached is a refusal of the network', async () => {
      await session.findTicket(key);
      await psa.stop();
      const outcome = await session.createTicket(psa.ticket(key), always);
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'network' });
      expect(await session.findTicket(key)).toMatchObject({ kind: 'failed', reason: 'network' });
      const fresh = psa.adapter.open(psa.credentials, calls.http);
      expect(await fresh.createTicket(psa.ticket(key), always)).toMatchObject({ reason: 'network' });
    });

    it('finds a contact by its whole address, in its account only, without letter case', async () => {
      const { companyId, contact } = psa;
      const ask = (accountId: string, address: string) => session.contactByEmail(accountId, address);
      const found = { kind: 'ok', value: { id: contact.id, accountId: companyId, isActive: true } };
      expect(await ask(companyId, contact.email)).toMatchObject(found);
      expect(await ask(companyId, contact.email.toUpperCase())).toMatchObject(found);
      for (const other of [contact.email.slice(1), `${contact.email}x`, '%', '']) {
        expect(await ask(companyId, other), other).toEqual({ kind: 'ok', value: null });
      }
      const accounts = await session.accounts({});
      const elsewhere = accounts.kind === 'ok' && accounts.value.items.find(({ id }) => id !== companyId);
      expect(await ask(elsewhere ? elsewhere.id : '', contact.email)).toEqual({ kind: 'ok', value: null });
    });

    it('lists the contracts of one account, and the services; by id too, only those that are there', async () => {
      const { billing } = session;
      if (!psa.billing || !billing) {
        expect([psa.billing, billing]).toEqual([undefined, undefined]);
        return;
      }
      const { contractId, inactiveContractId, serviceId } = psa.billing;
      const contracts = await billing.contracts(psa.companyId, {});
      const items = contracts.kind === 'ok' ? contracts.value.items : [];
      const isActive = (id: string) => items.find((one) => one.id === id)?.isActive;
      expect([isActive(contractId), isActive(inactiveContractId)]).toEqual([true, false]);
      expect(items.every(({ accountId }) => accountId === psa.companyId)).toBe(true);
      const first = items.find(({ id }) => id === contractId);
      const named = await billing.contracts(psa.companyId, { q: first?.name.toUpperCase() ?? '' });
      expect(named.kind === 'ok' && named.value.items).toContainEqual(first);
      const found = await billing.contractsById([contractId, '1']);
      expect(found).toEqual({ kind: 'ok', value: [first] });
      const services = await billing.services({});
      const service = services.kind === 'ok' && services.value.items.find(({ id }) => id === serviceId);
      expect(service).toMatchObject({ isActive: true });
      expect(await billing.servicesById([serviceId, '99999999'])).toEqual({ kind: 'ok', value: [service] });
    });

    it('puts a contract on a ticket, and names it when it is refused', async () => {
      if (!psa.billing) return;
      const ticket = { ...psa.ticket(key), contractId: psa.billing.contractId };
      expect((await session.createTicket(ticket, always)).kind).toBe('done');
      const foreign = { ...psa.ticket(key), contractId: '1' };
      const refused = { kind: 'refused', reason: 'invalid', field: 'contract' };
      expect(await session.createTicket(foreign, always)).toMatchObject(refused);
    });

    it('lists accounts, their contacts, and the choices of every select field', async () => {
      const accounts = await session.accounts({});
      expect(accounts.kind === 'ok' && accounts.value.items.length).toBeGreaterThan(0);
      const ids = accounts.kind === 'ok' ? accounts.value.items.map(({ id }) => id) : [];
      const again = await session.accountsById(ids.slice(0, 2));
      expect(again.kind === 'ok' && again.value.map(({ id }) => id).sort()).toEqual(ids.slice(0, 2).sort());
      expect((await session.contacts(ids[0]!)).kind).toBe('ok');
      for (const field of psa.adapter.fields) {
        if (field.kind !== 'select' && field.kind !== 'severityMap') continue;
        const choices = await session.choices(field.kind === 'select' ? field.key : field.choices);
        expect(choices.kind === 'ok' && choices.value.length, field.key).toBeGreaterThan(0);
      }
      for (const { key: list } of psa.adapter.accountFilters) {
        expect((await session.choices(list)).kind, list).toBe('ok');
      }
    });
  });
}
