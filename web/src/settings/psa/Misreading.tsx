import { Text } from '@mantine/core';

/** The three usual misreadings of what delivery does (req 8), each told where one would make it. */
const texts = {
  stop: 'Turning delivery off does not stop alerts: they go on being made and investigated. To have fewer of them, use Power Filters, or the settings of the application that sends them. To stop delivery for one customer only, use its switch under Organizations.',
  filter:
    'Ticket settings are no filter: an alert without a ticket exists all the same. What is detected, and what surfaces for investigation, is set where alerts are made, apart from where they are sent.',
  soc: 'Tickets and mail change nothing in how the SOC handles an alert, nor what it may do about it. For that, look at the SOC settings.',
} as const;

/** What delivery does not do, and where to go instead. */
export function Misreading({ about }: { about: keyof typeof texts }) {
  return (
    <Text size="sm" className="quiet">
      {texts[about]}
    </Text>
  );
}
