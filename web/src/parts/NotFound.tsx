import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from './Page.tsx';

export function NotFound() {
  return (
    <Page title="No such page">
      <Text>
        This address leads nowhere. Go to the <Link to="/">dashboard</Link>.
      </Text>
    </Page>
  );
}
