/** What must be true of the contracts and services that mappings name (req 97–103, decision 17). */
import { type FieldError, invalid } from '../errors.ts';
import type { Adapter, Contract, Field, Needs, Service } from '../psa/contract.ts';
import { type Asking, unwrap } from './ask.ts';
import { rememberContracts } from './contractStore.ts';
import type { MappingRow, NewMapping } from './mappingStore.ts';
import { fieldsOf, isShown, type StepValues } from './validate.ts';

/** Which rights a connection needs beyond those of tickets. */
export function needsOf({ fields }: Adapter, steps: { contracts?: StepValues | undefined }): Needs {
  const switches = fieldsOf(fields, 'contracts').filter(({ kind }) => kind === 'switch');
  return { contracts: switches.some(({ key }) => steps.contracts?.[key] === true) };
}

/** What can be said of the rows without asking the PSA. */
export function findLooseServices(mappings: readonly NewMapping[]): FieldError[] {
  return mappings.flatMap(({ addService, contractId }, at) =>
    addService && !contractId
      ? [
          {
            field: `mappings[${at}].addService`,
            code: 'contractMissing',
            message: 'A service can be added only to a contract: choose the contract first.',
          },
        ]
      : [],
  );
}

/**
 * A contract is one of the row's account and in force; a service is offered. Rows that stand so already are not
 * judged: a contract that has ended since is no obstacle to changes of other rows.
 * @throws Problem 422
 */
export async function checkContracts(
  asking: Asking,
  mappings: readonly NewMapping[],
  stored: readonly MappingRow[],
): Promise<void> {
  const before = new Map(stored.map((row) => [row.organization_id, row]));
  const uses = mappings.map((row, at) => ({ row, at, before: before.get(row.organizationId) }));
  const withContract = uses.filter(
    ({ row, before: was }) =>
      row.contractId &&
      (row.contractId !== was?.contract_id ||
        row.accountId !== was?.account_id ||
        (row.addService === true && was?.add_service !== true)),
  );
  const withService = uses.filter(
    ({ row, before: was }) => row.serviceId && row.serviceId !== was?.service_id,
  );
  const contracts = await readContractsById(
    asking,
    withContract.map(({ row }) => row.contractId as string),
  );
  const services = await readServicesById(
    asking,
    withService.map(({ row }) => row.serviceId as string),
  );
  const errors = [
    ...withContract.flatMap(({ row, at }) =>
      judgeContract(contracts.get(row.contractId as string), row, `mappings[${at}]`),
    ),
    ...withService.flatMap(({ row, at }) =>
      judgeService(services.get(row.serviceId as string), `mappings[${at}].serviceId`),
    ),
  ];
  if (errors.length > 0) throw invalid(errors);
}

/** The services that a contracts step names are offered (req 97). @throws Problem */
export async function findWrongServices(
  asking: Asking,
  fields: readonly Field[],
  values: StepValues,
): Promise<FieldError[]> {
  const named = servicesIn(fields, values);
  const services = await readServicesById(
    asking,
    named.map(([, id]) => id),
  );
  return named.flatMap(([key, id]) => judgeService(services.get(id), key));
}

/** Key and id of each service that the values name, where one is asked for. */
export const servicesIn = (fields: readonly Field[], values: StepValues): [string, string][] =>
  fields.flatMap((field): [string, string][] => {
    const id = values[field.key];
    const isAsked = field.kind === 'service' && isShown(field, values);
    return isAsked && typeof id === 'string' ? [[field.key, id]] : [];
  });

async function readContractsById(asking: Asking, ids: readonly string[]): Promise<Map<string, Contract>> {
  const { db, session, workspaceId, connectionId } = asking;
  if (ids.length === 0 || !session.billing) return new Map();
  const met = await unwrap(asking, await session.billing.contractsById(ids));
  await db.inWorkspace(workspaceId, (tx) => rememberContracts(tx, workspaceId, connectionId, met));
  return new Map(met.map((contract) => [contract.id, contract]));
}

async function readServicesById(asking: Asking, ids: readonly string[]): Promise<Map<string, Service>> {
  const { billing } = asking.session;
  if (ids.length === 0 || !billing) return new Map();
  const met = await unwrap(asking, await billing.servicesById(ids));
  return new Map(met.map((service) => [service.id, service]));
}

function judgeContract(contract: Contract | undefined, row: NewMapping, place: string): FieldError[] {
  const field = `${place}.contractId`;
  if (!contract) return [{ field, code: 'notFound', message: 'The PSA shows no contract with this id.' }];
  const { name, accountId, isActive, takesServices } = contract;
  if (accountId !== row.accountId) {
    const message = `The contract ${name} belongs to another account than the organization is mapped to.`;
    return [{ field, code: 'otherAccount', message }];
  }
  if (!isActive) return [{ field, code: 'inactive', message: `The contract ${name} is not in force.` }];
  if (!row.addService || takesServices) return [];
  const message = `The contract ${name} is of a type to which no service can be added.`;
  return [{ field: `${place}.addService`, code: 'noServices', message }];
}

function judgeService(service: Service | undefined, field: string): FieldError[] {
  if (!service) return [{ field, code: 'notFound', message: 'The PSA shows no service with this id.' }];
  if (service.isActive) return [];
  return [{ field, code: 'inactive', message: `The service ${service.name} is not active in the PSA.` }];
}
