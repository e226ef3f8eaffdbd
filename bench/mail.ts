/**
 * Mail: Herald end to end, from the request that brings an alert to the server's answer in the journal, against nodemailer
 * as it is; both over the same number of connections to the same sink, one after the other.
 */
import { freePort } from '../src/demo/ports.ts';
import { htmlOf } from '../src/mail/index.ts';
import { fillRecipients } from './fill.ts';
import { type Held, heldBy, inspected } from './heap.ts';
import { apiKey, type Bench, startHerald } from './herald.ts';
import { modelOf } from './mailModel.ts';
import type { SinkCounts } from './mailSink.ts';
import { median, type Process, pause, runForJson, start } from './processes.ts';
import type { Figure } from './report.ts';

/** The limit of the product's mailer for one server. */
const connections = 5;
/** An address takes five mails at once; what comes then waits for a digest, which would hide work. */
const mailsEach = 4;
const mailsOfRun = 8_000;
const earlyMails = 10_000;
const lateMails = 100_000;

export async function mail(runs: number): Promise<Figure[]> {
  const bare: number[] = [];
  const ours: number[] = [];
  for (let run = 0; run < runs; run++) {
    const sink = await startSink();
    const { port } = await countsOf(sink);
    const { seconds } = await runForJson<{ seconds: number }>([
      'bench/bareMail.ts',
      JSON.stringify({ port, connections, count: mailsOfRun }),
    ]);
    bare.push(mailsOfRun / seconds);
    ours.push(await endToEnd(sink));
    await sink.stop();
  }
  const { early, late } = await memory();
  return [
    { name: 'Mail: nodemailer alone, pooled', values: bare, unit: 'mails/s' },
    { name: 'Mail: Herald end to end, a mail for each alert', values: ours, unit: 'mails/s' },
    {
      name: 'Mail: Herald beside nodemailer alone, ratio of the medians',
      values: [median(ours) / median(bare)],
      unit: '',
      least: 0.6,
      digits: 2,
    },
    { name: 'Mail: filling the layout', values: layout(), unit: 'ms', most: 0.3, digits: 3 },
    { name: `Mail: memory in use after ${inWords(earlyMails)} mails`, values: [early.usedMb], unit: 'MB' },
    {
      name: `Mail: the same after ${inWords(lateMails)}, growth`,
      values: [(late.usedMb / early.usedMb - 1) * 100],
      unit: '%',
      most: 5,
      digits: 1,
    },
    {
      name: `Mail: resident memory after ${inWords(lateMails)} mails`,
      values: [late.residentMb],
      unit: 'MB',
    },
  ];
}

const inWords = (count: number): string => count.toLocaleString('en-US');

const startSink = (): Promise<Process> => start(['node', 'bench/mailSink.ts']);
const countsOf = async ({ url }: Process): Promise<SinkCounts> =>
  (await fetch(url)).json() as Promise<SinkCounts>;

async function startWithMail(
  sink: Process,
  addresses: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const { port } = await countsOf(sink);
  const herald = await startHerald(undefined, undefined, {
    HERALD_SMTP_URL: `smtp://127.0.0.1:${port}`,
    HERALD_MAIL_FROM: 'herald@msp.example',
    HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    ...more,
  });
  await fillRecipients(herald.dataDir, addresses);
  // No rate is to limit it.
  await herald.api('PUT', '/email/settings', { ratePerMinute: 100_000 });
  return herald;
}

/** Mails per second from the first request to the last receipt in the journal. */
async function endToEnd(sink: Process): Promise<number> {
  const addresses = mailsOfRun / mailsEach;
  const herald = await startWithMail(sink, addresses);
  const before = await countsOf(sink);
  const startedAt = performance.now();
  await load(herald, { count: mailsOfRun, organizations: addresses, run: 'measured' });
  while ((await delivered(herald)) < mailsOfRun) await pause(50);
  const rate = mailsOfRun / ((performance.now() - startedAt) / 1000);
  const after = await countsOf(sink);
  const sent = after.mails - before.mails;
  if (sent !== mailsOfRun) throw new Error(`${sent} mails arrived instead of ${mailsOfRun}`);
  console.log(
    `  ${sent} mails of ${Math.round((after.bytes - before.bytes) / sent)} bytes over ${after.connections - before.connections} connections`,
  );
  await herald.remove();
  return rate;
}

const delivered = (herald: Bench): Promise<number> => herald.metric('herald_mails_total{end="delivered"}');

const load = (
  { url }: Bench,
  plan: { count: number; organizations: number; run: string },
): Promise<unknown> =>
  runForJson(['bench/load.ts', JSON.stringify({ url, key: apiKey, connections: 64, users: 0, ...plan })]);

/**
 * What Herald holds after the first mails, and after ten times as many: at rest, and after a collection, because what V8 has
 * not given back yet is no growth of ours.
 */
async function memory(): Promise<{ early: Held; late: Held }> {
  const sink = await startSink();
  const port = await freePort(0);
  const herald = await startWithMail(sink, lateMails / mailsEach, inspected(port));
  const organizations = lateMails / mailsEach;
  const after = async (run: string, count: number, mails: number): Promise<Held> => {
    await load(herald, { count, organizations, run });
    while ((await delivered(herald)) < mails) await pause(100);
    return heldBy(port);
  };
  const early = await after('early', earlyMails, earlyMails);
  const late = await after('late', lateMails - earlyMails, lateMails);
  await herald.remove();
  await sink.stop();
  return { early, late };
}

/** Milliseconds for each of many mails, when the layout has been read. */
function layout(): number[] {
  const times: number[] = [];
  for (let n = 0; n < 3_000; n++) {
    const model = modelOf(n);
    const from = performance.now();
    htmlOf(model);
    if (n >= 1_000) times.push(performance.now() - from);
  }
  return times;
}
