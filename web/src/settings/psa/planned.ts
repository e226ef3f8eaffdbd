/** The PSAs that Herald is meant for (req 27), as people know them. The only file of the screens that names vendors. */
export const plannedPsas = [
  { kind: 'connectwise', label: 'ConnectWise PSA', things: 'boards, types and agreements' },
  { kind: 'autotask', label: 'Autotask', things: 'queues, categories and contracts' },
  { kind: 'bms', label: 'Kaseya BMS', things: 'queues, issue types and contracts' },
  { kind: 'halo', label: 'HaloPSA', things: 'ticket types, teams and agreements' },
  { kind: 'syncro', label: 'Syncro', things: 'problem types and comments' },
] as const;
