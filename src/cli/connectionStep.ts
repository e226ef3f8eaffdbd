/** `herald connections step`: saves one step of a connection; secrets are asked for, or come from a file. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import { type Connection, checksInLines, type Kind, nextInLines } from './connectionText.ts';
import { CommandError } from './errors.ts';
import { gather, readObject } from './input.ts';
import { applySettings, type DeclaredField, type Values } from './stepValues.ts';
import type { Terminal } from './terminal.ts';

const steps = ['credentials', 'accounts', 'tickets', 'contracts'];

interface StepOptions {
  file?: string;
  set?: string[];
}

export function addConnectionStep(group: Command, terminal: Terminal): void {
  addApiCommand<StepOptions>(
    group,
    terminal,
    {
      name: 'step',
      isChange: true,
      summary: `save a step of a connection: ${steps.join(', ')}`,
      details:
        'Saves a step of a connection. --file replaces the whole step. --set changes single settings: ticketQueue=8, priorities.high=1, priorities.low=none (no ticket), attachContacts=on; lists and rules as JSON. Secrets are never taken from the command line: they come from the file, or are asked for without being shown.',
      args: { '<id>': 'id of the connection', '<step>': 'which step' },
      options: [
        new Option('--file <file>', 'the step as JSON; "-" is standard input'),
        new Option('--set <key=value>', 'one setting; may be given several times').argParser(gather),
      ],
      json: true,
    },
    save,
  );
}

async function save(call: Call<StepOptions & { json?: boolean }>, id: string, step: string): Promise<void> {
  const { client, options, terminal } = call;
  if (!steps.includes(step)) throw new CommandError(`"${step}" is no step; there are: ${steps.join(', ')}.`);
  const path = `/psa/connections/${inPath(id)}`;
  const body = await readBody(call, path, step);
  const saved = await client.put<Connection>(`${path}/steps/${step}`, body);
  answer({ options, terminal }, saved, () => [
    ...checksInLines(saved.checks ?? []),
    `${saved.name}: ${step} saved.`,
    ...nextInLines(saved),
  ]);
}

/** From the file as it is; without one, what is stored with the settings put in and the secrets asked for. */
async function readBody(
  { client, options, terminal }: Call<StepOptions>,
  path: string,
  step: string,
): Promise<Values> {
  const { file, set = [] } = options;
  const given = file === undefined ? undefined : await readObject(file);
  if (given && set.length === 0) return given;
  const [{ kind, steps: stored }, { items }] = await Promise.all([
    client.get<Connection>(path),
    client.get<{ items: Kind[] }>('/psa/kinds'),
  ]);
  const fields = items.find((one) => one.kind === kind)?.fields.filter((one) => one.step === step) ?? [];
  const secrets = fields.filter((field) => field.kind === 'secret');
  const before = given ?? without(stored[step] ?? {}, secrets);
  const values = applySettings(fields, before, set);
  if (given) return values;
  if (step === 'credentials') return askForMissing(fields, values, stored[step] ?? {}, terminal);
  if (set.length === 0) throw new CommandError('Nothing was given: use --set key=value or --file step.json.');
  return values;
}

/** A secret is answered as "it is set" only; left out, it stays. */
const without = (values: Values, fields: readonly DeclaredField[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !fields.some((field) => field.key === key)));

async function askForMissing(
  fields: readonly DeclaredField[],
  values: Values,
  stored: Values,
  { ask, askSecret }: Terminal,
): Promise<Values> {
  const asked: Values = { ...values };
  for (const { key, label, kind } of fields) {
    if (asked[key] !== undefined) continue;
    if (!ask || !askSecret) {
      if (stored[key] !== undefined) continue;
      throw new CommandError(
        `${label} is needed and there is nobody to ask: give the step with --file step.json, or --file - and standard input.`,
      );
    }
    const hint = stored[key] === undefined ? '' : ' (empty: as it is)';
    const text = await (kind === 'secret' ? askSecret : ask)(`${label}${hint}: `);
    if (text !== '') asked[key] = text;
  }
  return asked;
}
