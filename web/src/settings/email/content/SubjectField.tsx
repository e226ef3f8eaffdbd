import { Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Foreign } from '../../../parts/Foreign.tsx';
import { errorsAt } from '../../../parts/fieldErrors.ts';
import { TemplateField } from '../../wizard/fields/TemplateField.tsx';
import { templateNamesQuery } from '../queries.ts';
import type { Content } from './contentDraft.ts';
import { type MailScope, useMailPreview } from './useMailPreview.ts';

/** The server takes no longer ones. */
const mostCharacters = 250;

const presets = [
  {
    label: 'Severity, organization, alert',
    template: '[{{ alert.severity }}] {{ organization.name }}: {{ alert.title }}',
  },
  { label: 'Severity and alert', template: '[{{ alert.severity }}] {{ alert.title }}' },
  { label: 'Organization and alert', template: '{{ organization.name }}: {{ alert.title }}' },
  {
    label: 'Alert and user',
    template: '{{ alert.title }} – {{ alert.user.email | default: "unknown user" }}',
  },
  {
    label: 'Alert and device',
    template: '{{ alert.title }} – {{ alert.device.name | default: "unknown device" }}',
  },
];

const labels: Record<MailScope, { label: string; help: string }> = {
  global: {
    label: 'Subject for global recipients',
    help: 'They see alerts of many organizations: name the organization.',
  },
  organization: {
    label: 'Subject for recipients of organizations',
    help: 'They see the alerts of one organization only.',
  },
};

interface SubjectFieldProps {
  scope: MailScope;
  draft: Content;
  alertId: string | undefined;
  whyNot: string | undefined;
  /** Of the last save. */
  problem: unknown;
  onChange(text: string): void;
}

/** A subject as a template, and beneath it what it becomes for a real alert. */
export function SubjectField({ scope, draft, alertId, whyNot, problem, onChange }: SubjectFieldProps) {
  const key = `${scope}Subject` as const;
  const { data: names } = useSuspenseQuery(templateNamesQuery);
  const { preview, mistakes, problem: noPreview } = useMailPreview(scope, alertId, draft);
  const refused = errorsAt(problem, key);
  const shown = mistakes.length > 0 ? mistakes : refused;
  return (
    <Stack gap="xs">
      <TemplateField
        field={{
          kind: 'template',
          key,
          maxLength: mostCharacters,
          names,
          presets,
          required: true,
          ...labels[scope],
        }}
        form={{
          values: draft,
          shown,
          whyNot,
          set: (_key, text) => onChange(typeof text === 'string' ? text : ''),
        }}
        presetsTitle="What should stand in the list of mails?"
      />
      {mistakes.length === 0 && preview && (
        <Text size="sm" role="status">
          <span className="quiet">Becomes </span>
          <strong>
            <Foreign text={preview.subject} />
          </strong>
        </Text>
      )}
      {noPreview && (
        <Text size="sm" className="quiet" role="status">
          {noPreview}
        </Text>
      )}
    </Stack>
  );
}
