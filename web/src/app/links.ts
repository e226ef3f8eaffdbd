/** Where one can go, in the order of the navigation (screens: map). */
export const areas = [
  { to: '/', label: 'Dashboard' },
  { to: '/alerts', label: 'Alerts' },
  { to: '/deliveries', label: 'Deliveries' },
  { to: '/organizations', label: 'Organizations' },
  { to: '/settings', label: 'Settings' },
  { to: '/audit', label: 'Audit' },
] as const;
