/** `herald email`: mail servers, subjects, recipients, and a test of them. */
import { type Command, Option } from 'commander';
import { addApiCommand, answer, type Call } from './apiCommand.ts';
import { addRecipients } from './emailRecipients.ts';
import { type MailSettings, settingsInLines } from './emailText.ts';
import { CommandError } from './errors.ts';
import { readFlag, readObject } from './input.ts';
import { wholeNumber } from './numbers.ts';
import { idOfOrganization } from './organizationText.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

interface SettingsOptions {
  json?: boolean;
  file?: string;
  server?: string;
  security?: string;
  user?: string;
  from?: string;
  replyTo?: string;
  rate?: number;
  globalSubject?: string;
  organizationSubject?: string;
  respondDetail?: string;
  iocDetail?: string;
}

export const registerEmail: Register = (program, terminal) => {
  const group = program
    .command('email')
    .summary('mail servers, subjects, recipients, and a test of them')
    .description('How alerts leave as e-mail: by which servers, to whom, and under which subjects.');
  addSettings(group, terminal);
  addTrials(group, terminal);
  addRecipients(group, terminal);
};

function addSettings(group: Command, terminal: Terminal): void {
  addApiCommand<SettingsOptions>(
    group,
    terminal,
    {
      name: 'settings',
      isChange: true,
      summary: 'show the settings, or change those that are named',
      details:
        'Shows how e-mail leaves, or changes what is named. --server sets one mail server; its password is asked for without being shown, and never taken from the command line. Several servers, or a password in a script: --file holds the body that PUT /email/settings takes.',
      options: [
        new Option('--server <host:port>', 'the mail server, such as smtp.msp.example:587'),
        new Option('--security <kind>', 'of --server: from the first byte, demanded, or none').choices([
          'tls',
          'starttls',
          'none',
        ]),
        new Option('--user <name>', 'of --server: who signs in'),
        new Option('--from <address>', 'the sender; "none" for that of the installation'),
        new Option('--reply-to <address>', 'where answers go; "none" for the sender'),
        new Option('--rate <n>', 'mails in a minute, to all together').argParser(wholeNumber(1)),
        new Option('--global-subject <template>', 'for global recipients'),
        new Option('--organization-subject <template>', 'for recipients of organizations'),
        new Option('--respond-detail <on|off>', 'whether mails list the events of respond rules'),
        new Option('--ioc-detail <on|off>', 'whether mails list the matches of IOC rules'),
        new Option('--file <file>', 'the settings as JSON; "-" is standard input'),
      ],
      json: true,
    },
    settings,
  );
}

async function settings(call: Call<SettingsOptions>): Promise<void> {
  const body = await bodyOf(call);
  const found =
    Object.keys(body).length === 0
      ? await call.client.get<MailSettings>('/email/settings')
      : await call.client.put<MailSettings>('/email/settings', body);
  answer(call, found, () => settingsInLines(found));
}

async function bodyOf({ options, terminal }: Call<SettingsOptions>): Promise<Record<string, unknown>> {
  const given = options.file === undefined ? {} : await readObject(options.file);
  const { from, replyTo, rate, globalSubject, organizationSubject, respondDetail, iocDetail } = options;
  const orNone = (text: string) => (text === 'none' ? null : text);
  const server = await serverOf(options, terminal);
  return {
    ...given,
    ...(server && { servers: [server] }),
    ...(from !== undefined && { fromAddress: orNone(from) }),
    ...(replyTo !== undefined && { replyTo: orNone(replyTo) }),
    ...(rate !== undefined && { ratePerMinute: rate }),
    ...(globalSubject !== undefined && { globalSubject }),
    ...(organizationSubject !== undefined && { organizationSubject }),
    ...(respondDetail !== undefined && { respondEventDetail: readFlag('--respond-detail', respondDetail) }),
    ...(iocDetail !== undefined && { iocEventDetail: readFlag('--ioc-detail', iocDetail) }),
  };
}

async function serverOf(
  { server, security, user }: SettingsOptions,
  terminal: Terminal,
): Promise<Record<string, unknown> | undefined> {
  if (server === undefined) {
    if (security === undefined && user === undefined) return undefined;
    throw new CommandError('--security and --user belong to --server: name the server too.');
  }
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(server) ?? [];
  if (host === undefined) throw new CommandError(`"${server}" is no server such as smtp.msp.example:587.`);
  const kind = security ?? (port === '465' ? 'tls' : 'starttls');
  const named = { host, port: Number(port), security: kind };
  if (user === undefined) return named;
  // An empty answer leaves the stored one.
  const password = await terminal.askSecret?.(`Password of ${user} (empty: as before): `);
  return { ...named, user, ...(password ? { password } : {}) };
}

function addTrials(group: Command, terminal: Terminal): void {
  addApiCommand(
    group,
    terminal,
    { name: 'check', summary: 'connect and sign in to each mail server; sends nothing', json: true },
    check,
  );
  addApiCommand<{ organization?: string }>(
    group,
    terminal,
    {
      name: 'test',
      summary: 'send a marked test alert to an address, through the whole path',
      args: { '<address>': 'to whom' },
      options: [
        new Option('--organization <organization>', 'in the format of its recipients: its id or whole name'),
      ],
      json: true,
    },
    test,
  );
}

interface Checked {
  ok: boolean;
  servers: { host: string; port: number; ok: boolean; text: string }[];
}

async function check(call: Call<{ json?: boolean }>): Promise<void> {
  const found = await call.client.post<Checked>('/email/verify', {});
  answer(call, found, () => found.servers.map(({ ok, text }) => `${ok ? 'ok    ' : 'failed'}  ${text}`));
  if (!found.ok) throw new CommandError('Not every mail server can be used; the lines above say why.');
}

interface Tested {
  alertId: string;
  outcome: 'done' | 'failed' | 'uncertain' | 'pending';
  text: string;
}

async function test(call: Call<{ organization?: string; json?: boolean }>, address: string): Promise<void> {
  const { client, options } = call;
  const organizationId =
    options.organization === undefined ? undefined : await idOfOrganization(client, options.organization);
  const order = { address, as: organizationId === undefined ? 'global' : 'organization', organizationId };
  const tested = await client.post<Tested>('/email/test', order);
  answer(call, tested, () => [tested.text, `npx herald alerts show ${tested.alertId}`]);
  if (tested.outcome === 'failed') throw new CommandError('The test mail was not sent.');
}
