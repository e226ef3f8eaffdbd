import { type Field, readFields } from './fields.ts';
import * as tables from './fieldTables.ts';

export type EntityName =
  | 'Tickets'
  | 'TicketNotes'
  | 'TicketCategories'
  | 'TicketCategoryFieldDefaults'
  | 'Companies'
  | 'CompanyLocations'
  | 'Contacts'
  | 'ClassificationIcons'
  | 'Contracts'
  | 'Services';

export type Entity = {
  name: EntityName;
  /** As error texts and metadata name one record. */
  singular: string;
  fields: readonly Field[];
  /** By lower-case name, for the API does not mind the case. */
  byName: ReadonlyMap<string, Field>;
  /** Methods on the collection's own path; children are written under their parent only. */
  methods: readonly string[];
  parent: { entity: EntityName; field: string; segment: string; methods: readonly string[] } | undefined;
  canDelete: boolean;
  hasUserDefinedFields: boolean;
};

type EntitySketch = Partial<Pick<Entity, 'methods' | 'parent' | 'canDelete' | 'hasUserDefinedFields'>>;

function entity(name: EntityName, singular: string, table: string, sketch: EntitySketch): Entity {
  const fields = readFields(table);
  return {
    name,
    singular,
    fields,
    byName: new Map(fields.map((field) => [field.name.toLowerCase(), field])),
    methods: sketch.methods ?? [],
    parent: sketch.parent,
    canDelete: sketch.canDelete ?? false,
    hasUserDefinedFields: sketch.hasUserDefinedFields ?? false,
  };
}

const writable = ['POST', 'PUT', 'PATCH'] as const;
const listable = ['GET', 'POST', 'PUT', 'PATCH'] as const;

/** Entities and their methods: fact sheet autotask §2.1. Whatever is not here answers 404, as an unknown path does. */
export const entities: Record<EntityName, Entity> = {
  Tickets: entity('Tickets', 'Ticket', tables.ticketsFields, {
    methods: writable,
    hasUserDefinedFields: true,
  }),
  TicketNotes: entity('TicketNotes', 'TicketNote', tables.ticketNotesFields, {
    parent: { entity: 'Tickets', field: 'ticketID', segment: 'Notes', methods: listable },
  }),
  TicketCategories: entity('TicketCategories', 'TicketCategory', tables.ticketCategoriesFields, {
    methods: ['PUT', 'PATCH'],
  }),
  TicketCategoryFieldDefaults: entity(
    'TicketCategoryFieldDefaults',
    'TicketCategoryFieldDefault',
    tables.ticketCategoryFieldDefaultsFields,
    {
      parent: {
        entity: 'TicketCategories',
        field: 'ticketCategoryID',
        segment: 'FieldDefaults',
        methods: ['GET'],
      },
    },
  ),
  Companies: entity('Companies', 'Company', tables.companiesFields, {
    methods: writable,
    hasUserDefinedFields: true,
  }),
  CompanyLocations: entity('CompanyLocations', 'CompanyLocation', tables.companyLocationsFields, {
    parent: { entity: 'Companies', field: 'companyID', segment: 'Locations', methods: listable },
    canDelete: true,
  }),
  Contacts: entity('Contacts', 'Contact', tables.contactsFields, {
    parent: { entity: 'Companies', field: 'companyID', segment: 'Contacts', methods: listable },
    canDelete: true,
    hasUserDefinedFields: true,
  }),
  ClassificationIcons: entity(
    'ClassificationIcons',
    'ClassificationIcon',
    tables.classificationIconsFields,
    {},
  ),
  Contracts: entity('Contracts', 'Contract', tables.contractsFields, {
    methods: writable,
    hasUserDefinedFields: true,
  }),
  Services: entity('Services', 'Service', tables.servicesFields, { methods: writable }),
};

export const entityByPath: ReadonlyMap<string, Entity> = new Map(
  Object.values(entities).map((one) => [one.name.toLowerCase(), one]),
);

/** Children by `parent/segment` in lower case. */
export const childByPath: ReadonlyMap<string, Entity> = new Map(
  Object.values(entities)
    .filter((one) => one.parent !== undefined)
    .map((one) => [`${one.parent?.entity}/${one.parent?.segment}`.toLowerCase(), one]),
);
