/** The subject formats that one picks from a list (decision 13). What each groups is in docs/subjects.md. */
export const subjectPresets: readonly { label: string; template: string }[] = [
  { label: 'By user', template: 'Security alerts for {{ alert.user.email | default: "unknown user" }}' },
  {
    label: 'By user and alert',
    template: '{{ alert.title | truncate: 150 }} – {{ alert.user.email | default: "unknown user" }}',
  },
  { label: 'By device', template: 'Security alerts on {{ alert.device.name | default: "unknown device" }}' },
  {
    label: 'By rule',
    template: 'Security alerts by rule {{ alert.rule.name | default: "unnamed" }} {{ alert.rule.id }}',
  },
  { label: 'By organization', template: 'Security alerts of {{ organization.name }}' },
  {
    label: 'By source incident',
    template: '{{ alert.source }} incident {{ alert.incidentId | default: "without number" }}',
  },
];

/** The subjects of mails that nobody has changed yet (req 112–114). */
export const mailSubjects = {
  global: '[{{ alert.severity }}] {{ organization.name | default: "Unassigned" }}: {{ alert.title }}',
  organization: '[{{ alert.severity }}] {{ alert.title }}',
} as const;
