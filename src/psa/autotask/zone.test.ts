import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { simulatorPerTest } from './simulatorPerTest.ts';
import { judgeZone, lookUpUrlFor, parseLookUpUrl, ticketLink, vendorLookUpUrl } from './zone.ts';

const zone14 = 'https://webservices14.autotask.net/ATServicesRest/';

describe('a zone found by the vendor’s look-up', () => {
  it.each([
    [zone14, 'https://webservices14.autotask.net/ATServicesRest/V1.0'],
    [
      'https://webservices.autotask.net/atservicesrest',
      'https://webservices.autotask.net/atservicesrest/V1.0',
    ],
    [
      'https://webservices2.autotask.net//ATServicesRest/',
      'https://webservices2.autotask.net/ATServicesRest/V1.0',
    ],
    ['https://prde.autotask.net/ATServicesRest/', 'https://prde.autotask.net/ATServicesRest/V1.0'],
    ['https://PRES.autotask.net/ATServicesRest/?x=1', 'https://pres.autotask.net/ATServicesRest/V1.0'],
  ])('%s is followed', (url, baseUrl) => {
    expect(judgeZone({ url }, vendorLookUpUrl)).toEqual({ ok: true, zone: { baseUrl } });
  });

  it.each([
    'http://webservices14.autotask.net/ATServicesRest/',
    'https://webservices14.autotask.net:8443/ATServicesRest/',
    'https://webservices14.autotask.net.evil.example/ATServicesRest/',
    'https://evil.example/webservices14.autotask.net/',
    'https://webservices14.autotask.net@evil.example/',
    'https://user:pass@webservices14.autotask.net/',
    'https://ww14.autotask.net/ATServicesRest/',
    'https://169.254.169.254/ATServicesRest/',
    'not a url',
    '',
  ])('%s is not', (url) => {
    expect(judgeZone({ url }, vendorLookUpUrl).ok).toBe(false);
  });
});

describe('a zone found by a look-up of our own', () => {
  const own = parseLookUpUrl('http://127.0.0.1:9401/atservicesrest/v1.0/zoneInformation');

  it.each([
    ['http://127.0.0.1:9401/ATServicesRest/', true],
    ['http://127.0.0.1:9402/ATServicesRest/', false],
    ['https://127.0.0.1:9401/ATServicesRest/', false],
    [zone14, false],
  ])('must stay on its origin: %s', (url, isFollowed) => {
    expect(judgeZone({ url }, own).ok).toBe(isFollowed);
  });

  it.each([
    'ftp://psa.example/x',
    'psa.example',
    '',
    'https://psa.example/x?y=1',
    'https://u:p@psa.example/x',
  ])('"%s" is no look-up URL', (text) => {
    expect(() => parseLookUpUrl(text)).toThrow(/zone look-up of Autotask/);
  });
});

describe('links', () => {
  it('lead to the ticket in the web interface of the zone', () => {
    const judged = judgeZone({ url: zone14, webUrl: 'https://ww14.autotask.net/' }, vendorLookUpUrl);
    expect(judged.ok && ticketLink(judged.zone, '88123')).toBe(
      'https://ww14.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=88123',
    );
  });

  it.each([undefined, null, '', 'javascript:alert(1)', 'https://evil.example/', 'http://ww14.autotask.net/'])(
    'are left out when the web address is %s',
    (webUrl) => {
      const judged = judgeZone({ url: zone14, webUrl }, vendorLookUpUrl);
      expect(judged.ok && ticketLink(judged.zone, '1')).toBeUndefined();
    },
  );

  it('the user name of a look-up is percent-encoded', () => {
    expect(lookUpUrlFor(vendorLookUpUrl, 'a+b@MSP.EXAMPLE&x=1')).toBe(
      `${vendorLookUpUrl.url}?user=a%2Bb%40MSP.EXAMPLE%26x%3D1`,
    );
  });
});

describe('the zone of a session', () => {
  const world = simulatorPerTest();

  it('is followed when the tenant moves, by one call more', async () => {
    await world.createdTicket();
    await world.psa.set({ zoneMoved: true });
    expect((await world.send()).kind).toBe('done');
    expect(await world.psa.refusedLogins()).toBe(1);
    expect((await world.send()).kind).toBe('done');
    expect(await world.psa.refusedLogins()).toBe(1);
  });

  it('may come with a double slash', async () => {
    await world.psa.set({ zoneDoubleSlash: true });
    expect((await world.send()).kind).toBe('done');
  });

  it('leads to the page of the ticket', async () => {
    const outcome = await world.send();
    const receipt = outcome.kind === 'done' ? outcome.receipt : undefined;
    const page = await request(receipt?.link ?? '');
    await page.body.dump();
    expect(page.headers.location).toMatch(new RegExp(`/tickets/${receipt?.ref}$`));
  });
});
