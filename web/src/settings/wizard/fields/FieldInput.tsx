import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { AccountField } from './AccountField.tsx';
import { BrakeField } from './BrakeField.tsx';
import { ClosedTicketField } from './ClosedTicketField.tsx';
import { ContactField } from './ContactField.tsx';
import { DayField } from './DayField.tsx';
import { OverridesField } from './OverridesField.tsx';
import type { FieldProps } from './props.ts';
import { SecretField } from './SecretField.tsx';
import { SelectField } from './SelectField.tsx';
import { ServiceField } from './ServiceField.tsx';
import { SeverityHoursField } from './SeverityHoursField.tsx';
import { SeverityMapField } from './SeverityMapField.tsx';
import { SwitchField } from './SwitchField.tsx';
import { TemplateField } from './TemplateField.tsx';
import { TextField } from './TextField.tsx';

/** One declared field, by its kind: all that a form needs to know of it stands in the declaration. */
export function FieldInput(props: FieldProps) {
  const input = inputOf(props);
  const { whyNot } = props.form;
  if (whyNot === undefined) return input;
  return (
    <Tooltip label={whyNot} position="top-start">
      <div>{input}</div>
    </Tooltip>
  );
}

function inputOf({ field, ...rest }: FieldProps): ReactNode {
  switch (field.kind) {
    case 'text':
      return <TextField field={field} {...rest} />;
    case 'secret':
      return <SecretField field={field} {...rest} />;
    case 'switch':
      return <SwitchField field={field} {...rest} />;
    case 'select':
      return <SelectField field={field} {...rest} />;
    case 'account':
      return <AccountField field={field} {...rest} />;
    case 'contact':
      return <ContactField field={field} {...rest} />;
    case 'dayOfMonth':
      return <DayField field={field} {...rest} />;
    case 'service':
      return <ServiceField field={field} {...rest} />;
    case 'template':
      return <TemplateField field={field} {...rest} />;
    case 'severityMap':
      return <SeverityMapField field={field} {...rest} />;
    case 'severityHours':
      return <SeverityHoursField field={field} {...rest} />;
    case 'overrides':
      return <OverridesField field={field} {...rest} />;
    case 'brake':
      return <BrakeField field={field} {...rest} />;
    case 'closedTicket':
      return <ClosedTicketField field={field} {...rest} />;
  }
}
