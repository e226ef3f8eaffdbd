import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodNote, goodTicket, knownCompanies, startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
const attack = '<script>alert("x")</script>';
beforeAll(async () => {
  simulator = await startForTest({ companies: 130, sample: knownCompanies, settings: { penalties: false } });
  for (let at = 0; at < 60; at += 1)
    await simulator.api('POST', '/Tickets', goodTicket({ title: `Plain ${at}` }));
  const hostile = goodTicket({
    title: attack,
    description: attack,
    externalID: attack,
    contactID: 31_001,
    companyID: 202,
  });
  await simulator.api('POST', '/Tickets', hostile);
  await simulator.api(
    'POST',
    '/Tickets/88061/Notes',
    goodNote({ title: attack, description: `${attack}\nsecond line` }),
  );
  await simulator.api('POST', '/Tickets/88061/Notes', goodNote({ title: 'Later' }));
  await simulator.api('GET', `/Tickets/${encodeURIComponent(attack)}?x=<b>`);
});
afterAll(() => simulator.close());

const get = (path: string) => simulator.plain('GET', path);

describe('every page', () => {
  it.each([
    '/',
    '/companies',
    '/calls',
    '/api-user',
    '/tickets/88061',
    '/?companyId=202',
    `/?companyId=${encodeURIComponent(attack)}`,
  ])('%s is HTML, escapes what it shows, runs no script', async (path) => {
    const reply = await get(path);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
    expect(reply.text).not.toMatch(/<script|<b>|<HQ>/);
    expect(reply.text).toContain('<dt>Tickets</dt><dd>61</dd>');
  });

  it('reloads itself when asked to, and not otherwise', async () => {
    expect((await get('/calls')).text).not.toContain('http-equiv="refresh"');
    const fresh = (await get('/calls?refresh=1')).text;
    expect(fresh).toContain('http-equiv="refresh"');
    expect(fresh).toContain('href="/calls">Stop refreshing');
  });

  it('that of the API user says what a connection signs in with', async () => {
    const { text } = await get('/api-user');
    for (const part of ['api.user@msp.example', 'Sim-Secret-1', 'SIMULATORTRACKINGCODE000001'])
      expect(text).toContain(`<code>${part}</code>`);
  });

  it('an unknown one is 404', async () => {
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('/tickets/1')).status).toBe(404);
    expect((await simulator.plain('POST', '/')).status).toBe(405);
  });
});

describe('tickets', () => {
  it('come newest first, fifty a page, with labels and the number of notes', async () => {
    const { text } = await get('/');
    const first = text.slice(text.indexOf('<tbody>'), text.indexOf('</tr>', text.indexOf('<tbody>')));
    expect(first).toContain('/tickets/88061');
    expect(first).toContain('Child Ltd');
    expect(first).toContain('<td>High</td>');
    expect(first).toContain('<td>New</td>');
    expect(first).toContain('<td class="number">2</td>');
    expect(text).toContain('before=88012');
    const older = (await get('/?before=88012')).text;
    expect(older).toContain('/tickets/88011');
    expect(older).not.toContain('/tickets/88012');
  });

  it('can be those of one company', async () => {
    const { text } = await get('/?companyId=202');
    expect(text).toContain('Tickets of Child Ltd');
    expect(text.match(/href="\/tickets\//g)).toHaveLength(1);
  });

  it('say so when there are none', async () => {
    expect((await get('/?companyId=203')).text).toContain('No tickets yet');
  });

  it('show description, notes in order and fields with their meaning', async () => {
    const { text } = await get('/tickets/88061');
    expect(text).toContain('Pia Parent pia@parent.example');
    expect(text).toContain('Monitoring Alert <span class="dim">8</span>');
    expect(text.indexOf('second line')).toBeLessThan(text.indexOf('<h3>Later</h3>'));
  });

  it.each([
    [
      '/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=88061',
      302,
      '/tickets/88061',
    ],
    ['/autotask/autotaskextend/executecommand.aspx?code=openticketdetail&ticketid=5', 302, '/tickets/5'],
    ['/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=Other&TicketID=88061', 404, undefined],
    ['/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=x', 404, undefined],
  ])('the deep link %s', async (path, status, location) => {
    const reply = await get(path);
    expect([reply.status, reply.headers.location]).toEqual([status, location]);
  });
});

describe('companies and calls', () => {
  it('companies come with contacts and ticket counts, a hundred a page', async () => {
    const { text } = await get('/companies');
    expect(text).toContain('Parent &#38; Co &#60;HQ&#62;');
    expect(text).toContain('Ivo Inactive');
    expect(text).toContain('<a href="/?companyId=201">60</a>');
    const after = /after=(\d+)/.exec(text)?.[1];
    expect((await get(`/companies?after=${after}`)).text).toContain('First');
  });

  it('calls show status and route, newest first', async () => {
    const { text } = await get('/calls');
    expect(text.indexOf('>404<')).toBeGreaterThan(0);
    expect(text.indexOf('>404<')).toBeLessThan(text.indexOf('/Tickets/88061/Notes'));
  });
});
