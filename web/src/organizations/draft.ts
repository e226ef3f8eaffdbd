/** Name and references while they are typed. */
import type { Organization } from '../api/types.ts';

/** A reference as it is typed; `key` stays with its row. */
export interface ReferenceRow {
  key: string;
  kind: string;
  value: string;
  /** Empty: alerts of every source. */
  source: string;
}

export interface Draft {
  name: string;
  references: ReferenceRow[];
  /** Why it is changed; for the audit, no part of the organization. */
  reason: string;
}

export const newRow = (): ReferenceRow => ({ key: crypto.randomUUID(), kind: 'id', value: '', source: '' });

export const draftOf = ({ name, externalRefs }: Organization): Draft => ({
  name,
  references: externalRefs.map(({ kind, value, source = '' }) => ({ ...newRow(), kind, value, source })),
  reason: '',
});

/** As the API takes it; a row without a value is refused there, at that row. */
export const toBody = ({ name, references }: Draft) => ({
  name,
  externalRefs: references.map(({ kind, value, source }) => ({
    kind,
    value,
    ...(source.trim() !== '' && { source }),
  })),
});

/** Whether saving one or the other comes to the same. */
export const isSame = (one: Draft, other: Draft): boolean =>
  JSON.stringify(toBody(one)) === JSON.stringify(toBody(other));
