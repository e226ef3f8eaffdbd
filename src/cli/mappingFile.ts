/** A file of mappings → rows that name organization and account as people do. Pure. */
import { readCsv } from './csv.ts';
import { CommandError } from './errors.ts';
import { parseJson } from './input.ts';

export interface MappingRow {
  /** Id or whole name. */
  organization: string;
  /** Id or whole name. */
  account: string;
  contactId?: string;
  contractId?: string;
  serviceId?: string;
}

const columns = ['organization', 'account', 'contact', 'contract', 'service'];

/** @throws CommandError that names the row which cannot be read */
export function readMappingRows(text: string, isJson: boolean): MappingRow[] {
  const rows = isJson ? readArray(text) : readCsv(text);
  return rows.map((row, at) => {
    const strange = Object.keys(row).find((column) => !columns.includes(column));
    if (strange !== undefined) {
      throw new CommandError(`"${strange}" is not known in a mapping; there are: ${columns.join(', ')}.`);
    }
    const { organization, account, contact, contract, service } = row;
    if (!organization || !account) {
      throw new CommandError(`Mapping ${at + 1} lacks its ${organization ? 'account' : 'organization'}.`);
    }
    return {
      organization,
      account,
      ...(contact && { contactId: contact }),
      ...(contract && { contractId: contract }),
      ...(service && { serviceId: service }),
    };
  });
}

function readArray(text: string): Record<string, string | undefined>[] {
  const value = parseJson(text, 'The file');
  const isArray = Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
  if (!isArray) throw new CommandError('The file must hold an array of objects.');
  return value.map((one) =>
    Object.fromEntries(Object.entries(one).map(([key, part]) => [key, part === null ? '' : String(part)])),
  );
}
