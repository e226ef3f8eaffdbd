import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SampleCompany } from './sampleData.ts';
import type { Settings } from './settings.ts';

/** What a simulator is started with. All can be left out. */
export type SimulatorOptions = {
  /** 0 (the default here) takes any free port. */
  port?: number;
  host?: string;
  /** Made-up companies besides company 0. Default 40. */
  companies?: number;
  seed?: number;
  /** The first companies, fixed. */
  sample?: readonly SampleCompany[];
  /** Directory for `ledger.jsonl`; without it everything is forgotten at the end. */
  data?: string;
  /** Switches that differ from the defaults; `POST /control/reset` returns to them. */
  settings?: Partial<Settings>;
  /** Milliseconds since 1970; for tests that need to move the time. */
  now?: () => number;
};

export const usage = `Usage: node simulators/autotask/main.ts [options]
  --port N          9401; 0 takes any free port
  --host H          127.0.0.1
  --companies N     made-up companies besides the MSP itself (40)
  --seed S          of the sample data and of random faults (1)
  --sample FILE     JSON with the first companies: [{id, companyName, companyType, contacts: […]}]
  --data DIR        keep ledger and tickets in DIR/ledger.jsonl
  --threshold N     calls per hour (10000)
  --no-penalties    no added latency from 50 % of the threshold
  --latency MS      added to every call (0)
  --search-lag MS   new records are found by search only after this time (0)
  --lock-after N    wrong secrets in a row until the user is locked, 0 never (5)
  --username U, --secret S, --code C   credentials of the API user`;

const flags = {
  port: { type: 'string', default: '9401' },
  host: { type: 'string', default: '127.0.0.1' },
  companies: { type: 'string' },
  seed: { type: 'string' },
  sample: { type: 'string' },
  data: { type: 'string' },
  threshold: { type: 'string' },
  'no-penalties': { type: 'boolean' },
  latency: { type: 'string' },
  'search-lag': { type: 'string' },
  'lock-after': { type: 'string' },
  username: { type: 'string' },
  secret: { type: 'string' },
  code: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Reads the command line; `help` when that was asked for. Throws an Error with a plain sentence for wrong flags. */
export function readOptions(args: readonly string[]): SimulatorOptions | 'help' {
  const { values } = parseArgs({ args: [...args], options: flags });
  if (values.help) return 'help';
  const number = (name: keyof typeof values): number | undefined => readNumber(name, values[name]);
  const { username, secret, code } = values;
  const settings: Partial<Settings> = withoutUndefined({
    threshold: number('threshold'),
    penalties: values['no-penalties'] ? false : undefined,
    latencyMs: number('latency'),
    searchLagMs: number('search-lag'),
    lockAfter: number('lock-after'),
    credentials:
      username || secret || code
        ? {
            username: username ?? 'api.user@msp.example',
            secret: secret ?? 'Sim-Secret-1',
            integrationCode: code ?? 'SIMULATORTRACKINGCODE000001',
          }
        : undefined,
  });
  return withoutUndefined({
    port: number('port'),
    host: values.host,
    companies: number('companies'),
    seed: number('seed'),
    sample: values.sample ? readSample(values.sample) : undefined,
    data: values.data,
    settings,
  });
}

function readNumber(name: string, value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new Error(`--${name} takes a whole number from 0`);
  return number;
}

function readSample(file: string): SampleCompany[] {
  const companies: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(companies)) throw new Error(`${file} does not hold an array of companies`);
  return companies as SampleCompany[];
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
