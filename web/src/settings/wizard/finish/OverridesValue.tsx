import { Anchor } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import type { Field } from '../../../api/types.ts';
import { Foreign } from '../../../parts/Foreign.tsx';
import type { RowValues } from '../fields/OverrideRow.tsx';
import type { FieldOf } from '../fields/props.ts';
import { overrideWords } from '../frame/words.ts';
import { choicesQuery } from '../offers/queries.ts';

interface OverridesValueProps {
  connectionId: string;
  field: FieldOf<'overrides'>;
  /** All fields that the kind declares. */
  fields: readonly Field[];
  rows: readonly RowValues[];
}

/** So many rows stand there before one asks for the others. */
const mostAtFirst = 10;

/** Rows of overrides: what each is for, and what it sets, with the PSA's own words. */
export function OverridesValue({ connectionId, field, fields, rows }: OverridesValueProps) {
  const [showsAll, setShowsAll] = useState(false);
  const lists = field.columns.map(({ key }) => key);
  const answers = useQueries({ queries: lists.map((list) => choicesQuery(connectionId, list)) });
  const labelOf = (list: string, id: string) =>
    answers[lists.indexOf(list)]?.data?.find((choice) => choice.id === id)?.label;
  const shown = showsAll ? rows : rows.slice(0, mostAtFirst);
  return (
    <>
      <ul className="summaryRows">
        {overrideWords(field, shown, fields, labelOf).map(({ match, sets }) => (
          <li key={match}>
            <Foreign text={match} /> <span className="quiet">→</span>{' '}
            {sets.map(({ label, value }, at) => (
              <Fragment key={label}>
                {at > 0 && ', '}
                <span className="quiet">{label}:</span> <Foreign text={value} />
              </Fragment>
            ))}
          </li>
        ))}
      </ul>
      {shown.length < rows.length && (
        <Anchor component="button" type="button" size="sm" onClick={() => setShowsAll(true)}>
          Show all {rows.length.toLocaleString('en')}
        </Anchor>
      )}
    </>
  );
}
