-- Set while deliveries are still being moved to where the state of their connection says, piece by piece after a change:
-- `sort` as the state says, `leave` and `deliver` also what a pause had held. Until it is null again, rounds leave them alone.
alter table connections add column backlog text check (backlog in ('sort', 'leave', 'deliver'));
