/** `herald connections budget`: how many of the PSA's calls a connection may use, and who uses how many. */
import { type Command, InvalidArgumentError } from 'commander';
import { reasonOption } from './apiCommand.ts';
import { type AddressOptions, addAddressOptions, createClient, readAddress } from './client.ts';
import type { Terminal } from './terminal.ts';

interface Budgeted {
  name: string;
  budgetShare: number;
  budget: {
    quota: number;
    windowMs: number;
    used: number;
    allowed: number;
    others: number | null;
    isSpread: boolean;
  } | null;
  waiting: { words: string } | null;
}

export function registerBudget(parent: Command, terminal: Terminal): void {
  const command = parent
    .command('budget')
    .summary("show or set its share of the PSA's calls")
    .description(
      "Shows who uses how many of the PSA's calls; with --share, sets how many the connection may use.",
    )
    .argument('<id>', 'id of the connection')
    .option('--share <percent>', 'from 5 to 100; takes effect at once', percent)
    .addOption(reasonOption());
  addAddressOptions(command).action(async (id: string, _own: unknown, self: Command) => {
    const { share, reason, ...address } = self.optsWithGlobals<
      AddressOptions & { share?: number; reason?: string }
    >();
    const client = createClient({ ...readAddress(address, terminal), reason });
    const path = `/psa/connections/${encodeURIComponent(id)}`;
    const answer =
      share === undefined
        ? await client.get<Budgeted>(path)
        : await client.patch<Budgeted>(path, { budgetShare: share / 100 });
    for (const line of inLines(answer)) terminal.out(line);
  });
}

function percent(text: string): number {
  const number = Number(text.replace(/%$/, ''));
  if (/^\d{1,3}%?$/.test(text) && number >= 5 && number <= 100) return number;
  throw new InvalidArgumentError('It takes whole percents from 5 to 100.');
}

function inLines({ name, budgetShare, budget, waiting }: Budgeted): string[] {
  const lines = [`${name} may use ${Math.round(budgetShare * 100)} % of the calls that its PSA allows.`];
  if (!budget) return [...lines, 'No call has been made for it yet.'];
  const { quota, windowMs, used, allowed, others, isSpread } = budget;
  const window = `in the last ${Math.round(windowMs / 60_000)} minutes`;
  lines.push(`Used ${window}: ${used} of ${allowed}; the PSA allows ${quota} to all tools together.`);
  lines.push(
    others === null ? 'What other tools use, the PSA does not tell.' : `Used by other tools: ${others}.`,
  );
  if (isSpread) lines.push('Little is left: calls are spread out, critical alerts first.');
  return waiting ? [...lines, waiting.words] : lines;
}
