-- What people need to see and to settle: why a look-up failed beside why it was needed, a write that is given up
-- without an answer, and everything that was ever sent for a delivery, whatever group it waits in by now.

-- Of the last look-up, if it failed. `evidence` keeps what made the attempt uncertain.
alter table attempts add column look_problem text;

alter table attempts drop constraint attempts_attempt_state_check;
alter table attempts add constraint attempts_attempt_state_check
  check (attempt_state in ('sending', 'confirmed', 'refused', 'uncertain', 'givenUp'));

-- Groups that the delivery was sent in before it waited anew.
alter table deliveries add column former_groups bigint[] not null default '{}';
