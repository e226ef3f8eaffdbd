/** The frame of every page: where one can go, who one is, light or dark. */
import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Menu,
  NavLink,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useSession } from '../api/session.ts';
import { chooseWorkspace } from '../api/workspace.ts';
import { Skip } from '../parts/Skip.tsx';
import { DemoPlaces } from './DemoPlaces.tsx';
import { useGlobalKeys } from './keys.ts';
import { areas } from './links.ts';
import { useSignOut } from './signOut.ts';

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  useGlobalKeys();
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <Skip />
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? 'Close the menu' : 'Open the menu'}
            />
            <Link to="/" className="wordmark">
              <img src="/herald.svg" alt="" width={22} height={22} /> Herald
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ThemeSwitch />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Main">
        <Areas onChosen={close} />
        <DemoPlaces />
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Areas({ onChosen }: { onChosen: () => void }) {
  const { pathname } = useLocation();
  const isIn = (to: string) => (to === '/' ? pathname === '/' : pathname.startsWith(to));
  return areas.map(({ to, label }) => (
    <NavLink
      key={to}
      renderRoot={(props) => <Link to={to} {...props} />}
      label={label}
      active={isIn(to)}
      aria-current={isIn(to) ? 'page' : undefined}
      onClick={onChosen}
      className="area"
    />
  ));
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme('light');
  const next = now === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Change to the ${next} theme`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Change to the ${next} theme`}
        onClick={() => setColorScheme(next)}
      >
        <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
          <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M10 3a7 7 0 0 1 0 14Z" fill="currentColor" />
        </svg>
      </ActionIcon>
    </Tooltip>
  );
}

function Person() {
  const { user, workspace, workspaces, role } = useSession();
  const others = workspaces.filter(({ id }) => id !== workspace.id);
  const navigate = useNavigate();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <button type="button" className="person">
          <Text span size="sm" truncate maw={180}>
            {user.name}
          </Text>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.email} · {role} of {workspace.name}
        </Menu.Label>
        {others.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => enter(id)}>
            Go to {name}
          </Menu.Item>
        ))}
        {others.length > 0 && <Menu.Divider />}
        <Menu.Item onClick={() => navigate({ to: '/settings/profile' })}>Your sign-in</Menu.Item>
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** All that is shown is of one workspace: the page begins anew. */
function enter(workspaceId: string): void {
  chooseWorkspace(workspaceId);
  location.assign('/');
}
