/**
 * What Autotask sends, as far as we need it: strict on that, blind to everything else (promises J-12). Names of
 * members are compared without letter case, as the vendor does (fact sheet autotask §1.2).
 */
import { z } from 'zod';

/** An object whose members may come in any letter case; members that are not named are left out. */
function vendorObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return z.preprocess((value) => renameMembers(value, names), z.object(shape));
}

function renameMembers(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const renamed: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = names.get(key.toLowerCase());
    // The exact spelling wins over another one of the same name.
    if (name !== undefined && (key === name || !(name in renamed))) renamed[name] = member;
  }
  return renamed;
}

/** A record id: a whole number that survives JSON. Company 0 is the MSP itself (§2.2). */
const id = z.int().nonnegative();
/** A picklist number in a record; −1 and 0 are real values (§5.3). */
const picklistNumber = z.int();
/** Picklist values are text in the metadata, even though records hold numbers (§2.6). */
const picklistText = z.union([z.string(), z.int()]).transform(String);

/** Answer of every create, except that some have no id (§2.3). */
export const createdSchema = vendorObject({ itemId: z.int().positive() });

/** §1.1. */
export const zoneInformationSchema = vendorObject({ url: z.string().min(1), webUrl: z.string().nullish() });
export type ZoneInformation = z.output<typeof zoneInformationSchema>;

/** §3.5; the time frame is in minutes. */
export const thresholdSchema = vendorObject({
  externalRequestThreshold: z.int().positive(),
  requestThresholdTimeframe: z.int().positive(),
  currentTimeframeRequestCount: z.int().nonnegative(),
});

/** `None`, `All`, `Restricted`; some tenants write numbers, of which only 0 = none is plain (§2.6). */
const access = z.union([z.string(), z.int()]).nullish();

/** §2.6. */
export const entityInformationSchema = vendorObject({
  info: vendorObject({
    canCreate: z.boolean(),
    canQuery: z.boolean(),
    userAccessForCreate: access,
    userAccessForQuery: access,
  }),
});
export type EntityInformation = z.output<typeof entityInformationSchema>['info'];

const picklistValueSchema = vendorObject({
  value: picklistText,
  label: z.string(),
  isActive: z.boolean(),
  isDefaultValue: z.boolean().nullish(),
  sortOrder: z.number().nullish(),
  parentValue: picklistText.nullish(),
});
export type PicklistValue = z.output<typeof picklistValueSchema>;

/** §2.6: `picklistValues` is null or empty for fields that have none; what is only compared need not be there. */
export const fieldsSchema = vendorObject({
  fields: z.array(
    vendorObject({
      name: z.string(),
      picklistValues: z.array(picklistValueSchema).nullish(),
      picklistParentValueField: z.string().nullish(),
      dataType: z.string().nullish(),
      isRequired: z.boolean().nullish(),
      isReadOnly: z.boolean().nullish(),
    }),
  ),
});
export type EntityField = z.output<typeof fieldsSchema>['fields'][number];

/** One page of a query; its `pageDetails` are not needed, because we page by id (§2.5). */
export function pageSchema<Row extends z.ZodType>(row: Row) {
  return vendorObject({ items: z.array(row) });
}

/** §2.1. */
export const countSchema = vendorObject({ queryCount: z.int().nonnegative() });

/** §6.5. */
export const ticketKeyRow = vendorObject({
  id,
  ticketNumber: z.string().nullish(),
  externalID: z.string().nullable(),
});

/** §6.8. */
export const ticketStateRow = vendorObject({
  id,
  ticketNumber: z.string().nullish(),
  status: picklistNumber,
  companyID: id,
  completedDate: z.string().nullish(),
});
export type TicketStateRow = z.output<typeof ticketStateRow>;

/** §4.1. */
export const ticketTextRow = vendorObject({ id, description: z.string().nullish() });

/** §4.2. */
export const noteRow = vendorObject({ id, ticketID: id, description: z.string().nullable() });

/** §4.2: the system note that a merge leaves on the ticket that is no more. */
export const mergeNoteRow = vendorObject({
  ticketID: id,
  noteType: picklistNumber,
  title: z.string().nullish(),
  description: z.string().nullish(),
});

/** §4.4. */
export const companyRow = vendorObject({
  id,
  companyName: z.string(),
  companyNumber: z.string().nullish(),
  companyType: picklistNumber.nullish(),
  classification: picklistNumber.nullish(),
  marketSegmentID: picklistNumber.nullish(),
  isActive: z.boolean(),
  webAddress: z.string().nullish(),
});
export type CompanyRow = z.output<typeof companyRow>;

/** §4.5: `isActive` is a number here, 1 or 0; a boolean is taken too. */
export const contactRow = vendorObject({
  id,
  companyID: id,
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  emailAddress: z.string().nullish(),
  emailAddress2: z.string().nullish(),
  emailAddress3: z.string().nullish(),
  isActive: z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean),
  primaryContact: z.boolean().nullish(),
});
export type ContactRow = z.output<typeof contactRow>;

/** §4.6: days come as times; there is no `isActive`. */
export const contractRow = vendorObject({
  id,
  companyID: id,
  contractName: z.string(),
  contractNumber: z.string().nullish(),
  contractType: picklistNumber,
  status: picklistNumber,
  startDate: z.string().nullish(),
  endDate: z.string().nullish(),
});
export type ContractRow = z.output<typeof contractRow>;

/** §4.9. */
export const serviceRow = vendorObject({
  id,
  name: z.string(),
  isActive: z.boolean(),
  unitCost: z.number().nullish(),
  unitPrice: z.number().nullish(),
});
export type ServiceRow = z.output<typeof serviceRow>;
