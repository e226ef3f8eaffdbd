/** docs/benchmarks.md: figures with the machine that they were measured on. */
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { median } from './processes.ts';

export interface Figure {
  name: string;
  /** One per run; none when it could not be measured here. */
  values: readonly number[];
  unit: string;
  /** What we ask of ourselves: the median is at most, or at least, this. Both alike = exactly this. */
  most?: number;
  least?: number;
  digits?: number;
}

export async function machine(): Promise<string> {
  const kernel = (await readFile('/proc/version', 'utf8').catch(() => 'unknown kernel')).split(' (')[0];
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${cpu?.model.trim()}), ${memory} GB, ${kernel?.trim()}, Node ${process.versions.node}, embedded PostgreSQL 18`;
}

/** What stands around the figures of all parts. */
const frame = {
  head: `# Benchmarks

Written by \`npm run bench\`; run it again to measure your own machine. Load generator, receiver, database and Herald share
its cores. \`npm run bench -- --only intake,delivery --write\` measures parts anew and leaves the others as they are.
`,
  foot: `## Notes

- *Durable* means that the answer 202 comes after COMMIT, with fsync, full-page writes and synchronous commit on.
- *End to end* runs from the first request to the last receipt in the journal. Alerts go to 200 connections, because each
  keeps the parallel limit of its PSA (two calls); the receiver states a budget so large that it never limits.
- *Mail* goes to a sink on this machine, over five connections, each mail to an address that digests leave alone; nodemailer
  alone writes mails of the same texts, over a pool of the same size, right before. *Memory in use* is heap and buffers after a
  garbage collection, at rest: what V8 keeps without use is no growth.
- *To painted rows* runs in Chromium, with 1,000 organizations and 20,000 accounts, from the key or click to the second frame
  after the table has other rows.
- A ticket costs one call. Its number is read later, for up to 200 tickets in one call.
`,
};

/** One part of the report: when and where it was measured, and its figures as rows. */
function partOf(machineWords: string, figures: readonly Figure[]): string {
  return `Measured on ${new Date().toISOString().slice(0, 10)}. ${machineWords}.

| what | median | range | runs | bar |
| --- | --- | --- | --- | --- |
${figures.map(rowOf).join('\n')}
`;
}

function rowOf(figure: Figure): string {
  const { name, values, unit, digits = 0 } = figure;
  if (values.length === 0) return `| ${name} | **not measured** | | 0 | ${barOf(figure)} |`;
  const show = (value: number) =>
    value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const range = values.length > 1 ? `${show(Math.min(...values))}–${show(Math.max(...values))}` : '';
  return `| ${name} | ${show(median(values))} ${unit} | ${range} | ${values.length} | ${barOf(figure)} |`;
}

/**
 * The report with one part written anew; parts that `before` has already stay as they were measured.
 *
 * @param titles of all parts, in the order in which they stand
 */
export function withPart(
  before: string,
  titles: readonly string[],
  measured: { title: string; machine: string; figures: readonly Figure[] },
): string {
  const known = new Map(
    before.split(/^## /m).map((section): [string, string] => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end).trim()];
    }),
  );
  known.set(measured.title, partOf(measured.machine, measured.figures).trim());
  const parts = titles.flatMap((title) => {
    const text = known.get(title);
    return text === undefined ? [] : `## ${title}\n\n${text}\n`;
  });
  return [frame.head, ...parts, frame.foot].join('\n');
}

/** The bar in words, and whether the median, as it is shown, misses it. */
function barOf({ values, most, least, digits = 0 }: Figure): string {
  if (most === undefined && least === undefined) return '';
  const shown = Number(median(values).toFixed(digits));
  const isMissed = shown > (most ?? Number.POSITIVE_INFINITY) || shown < (least ?? Number.NEGATIVE_INFINITY);
  const sign = most === least ? '' : most === undefined ? '≥ ' : '≤ ';
  const figure = (most ?? least ?? 0).toLocaleString('en-US', { minimumFractionDigits: Math.min(1, digits) });
  return `${sign}${figure}${isMissed ? ' **missed**' : ''}`;
}
