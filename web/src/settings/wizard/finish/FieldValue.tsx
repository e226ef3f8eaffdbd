import { useQuery } from '@tanstack/react-query';
import type { Field } from '../../../api/types.ts';
import { Foreign } from '../../../parts/Foreign.tsx';
import { valueWords } from '../frame/words.ts';
import { accountQuery, choicesQuery, servicesQuery } from '../offers/queries.ts';
import { OverridesValue } from './OverridesValue.tsx';

interface FieldValueProps {
  connectionId: string;
  field: Field;
  /** All fields that the kind declares. */
  fields: readonly Field[];
  value: unknown;
}

/** A value with the PSA's own words for it. */
export function FieldValue(props: FieldValueProps) {
  const { field, value } = props;
  if (field.kind === 'template' && typeof value === 'string')
    return <code className="template">{value}</code>;
  if (field.kind === 'overrides' && Array.isArray(value) && value.length > 0)
    return <OverridesValue {...props} field={field} rows={value} />;
  return <NamedValue {...props} />;
}

function NamedValue({ connectionId, field, value }: FieldValueProps) {
  const list = listOf(field);
  const isAccount = field.kind === 'account' && typeof value === 'string';
  const choices = useQuery({ ...choicesQuery(connectionId, list ?? ''), enabled: list !== undefined });
  const account = useQuery({ ...accountQuery(connectionId, String(value)), enabled: isAccount });
  const isService = field.kind === 'service' && typeof value === 'string';
  const services = useQuery({ ...servicesQuery(connectionId), enabled: isService });
  const labelOf = (id: string) => {
    if (isAccount) return account.data?.name;
    if (isService) return services.data?.find((service) => service.id === id)?.name;
    return choices.data?.find((choice) => choice.id === id)?.label;
  };
  return <Foreign text={valueWords(field, value, labelOf)} />;
}

function listOf(field: Field): string | undefined {
  if (field.kind === 'select') return field.key;
  return field.kind === 'severityMap' ? field.choices : undefined;
}
