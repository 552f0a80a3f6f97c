-- The present state: rows that a start reads back. Each is written by the batch that changes it.

-- No index but the primary key, and half-empty pages: an inquiry is updated two to four times in its life, and each
-- update stays in its page (HOT). Fixed-width columns stand first, widest first, so nothing is lost to alignment; the
-- texts that never change stand last.
CREATE TABLE switchboard.inquiry (
    id bigint NOT NULL,
    submitted_at timestamptz NOT NULL,
    state_since timestamptz NOT NULL,
    queued_at timestamptz NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamptz,
    accepted_at timestamptz,
    closed_at timestamptz,
    wrap_up_ends timestamptz,
    excluded_at timestamptz,
    source integer NOT NULL,
    priority integer NOT NULL,
    state text NOT NULL,
    queue text NOT NULL,
    agent text,
    outcome text,
    excluded text[],
    passed text[],
    disposition text,
    channel text NOT NULL,
    skills json,
    key text,
    customer text,
    subject text,
    attrs json,
    CONSTRAINT inquiry_pkey PRIMARY KEY (id),
    CONSTRAINT inquiry_id CHECK (id > 0),
    CONSTRAINT inquiry_priority CHECK (priority BETWEEN -100 AND 100),
    CONSTRAINT inquiry_state CHECK (
        CASE state
            WHEN 'waiting' THEN agent IS NULL AND offer_expires IS NULL AND closed_at IS NULL
            WHEN 'offered' THEN agent IS NOT NULL AND offer_expires IS NOT NULL AND closed_at IS NULL
            WHEN 'assigned' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL
            WHEN 'completed' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NOT NULL AND accepted_at IS NOT NULL
            WHEN 'abandoned' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            WHEN 'cancelled' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            ELSE false
        END
    ),
    CONSTRAINT inquiry_wrap_up CHECK (wrap_up_ends IS NULL OR state = 'completed'),
    CONSTRAINT inquiry_outcome CHECK (outcome IS NULL OR (outcome IN ('resolved', 'unresolved') AND state = 'completed')),
    CONSTRAINT inquiry_passed CHECK (passed IS NULL OR cardinality(passed) BETWEEN 1 AND 64),
    CONSTRAINT inquiry_excluded CHECK (excluded IS NULL OR (excluded_at IS NOT NULL AND cardinality(excluded) BETWEEN 1 AND 64))
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.inquiry IS 'One row an inquiry, live or closed. An absent text is NULL, never empty.';
COMMENT ON COLUMN switchboard.inquiry.id IS 'Rises in order of submission; the site stands above bit 48.';
COMMENT ON COLUMN switchboard.inquiry.submitted_at IS 'By the engine''s clock, as all times of this table.';
COMMENT ON COLUMN switchboard.inquiry.state_since IS 'When it came into its state.';
COMMENT ON COLUMN switchboard.inquiry.queued_at IS 'The age that counts for its rank; declining, missing and withdrawing keep it.';
COMMENT ON COLUMN switchboard.inquiry.rank IS 'The virtual deadline, microseconds since 1970; the earliest is served first.';
COMMENT ON COLUMN switchboard.inquiry.offer_expires IS 'Until when its agent may accept; set while offered. An offer that stands still since a restart has what is left of it, counted from 1970-01-01.';
COMMENT ON COLUMN switchboard.inquiry.accepted_at IS 'When an agent took it, by accepting or by assignment.';
COMMENT ON COLUMN switchboard.inquiry.closed_at IS 'When it was completed, abandoned or cancelled.';
COMMENT ON COLUMN switchboard.inquiry.wrap_up_ends IS 'Set while its agent''s slot is in wrap-up.';
COMMENT ON COLUMN switchboard.inquiry.excluded_at IS 'When the last exclusion was made.';
COMMENT ON COLUMN switchboard.inquiry.source IS 'The id of the token that submitted it.';
COMMENT ON COLUMN switchboard.inquiry.priority IS '-100 to 100, higher is more urgent.';
COMMENT ON COLUMN switchboard.inquiry.agent IS 'Offered to, assigned to, or who completed it.';
COMMENT ON COLUMN switchboard.inquiry.excluded IS 'Agents who declined or missed it, oldest first.';
COMMENT ON COLUMN switchboard.inquiry.passed IS 'Agents whose offer of it was withdrawn, oldest first: their late answer is told gone.';
COMMENT ON COLUMN switchboard.inquiry.disposition IS 'Why it was cancelled, or how it was completed; free text.';
COMMENT ON COLUMN switchboard.inquiry.skills IS 'What the request required, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';
COMMENT ON COLUMN switchboard.inquiry.key IS 'The submitter''s idempotency key.';
COMMENT ON COLUMN switchboard.inquiry.customer IS 'Personal data.';
COMMENT ON COLUMN switchboard.inquiry.subject IS 'Personal data.';
COMMENT ON COLUMN switchboard.inquiry.attrs IS 'Personal data: a JSON object, kept as it was submitted (json, so its bytes come back).';

CREATE TABLE switchboard.agent (
    state_since timestamptz NOT NULL,
    idle_since timestamptz NOT NULL,
    number integer NOT NULL,
    capacity integer NOT NULL,
    missed_in_row integer NOT NULL,
    id text NOT NULL,
    state text NOT NULL,
    away_reason text,
    channels_on text[],
    name text,
    team text,
    skills json,
    channels json,
    CONSTRAINT agent_pkey PRIMARY KEY (id),
    CONSTRAINT agent_number_key UNIQUE (number),
    CONSTRAINT agent_number CHECK (number >= 0),
    CONSTRAINT agent_capacity CHECK (capacity BETWEEN 1 AND 10000),
    CONSTRAINT agent_missed_in_row CHECK (missed_in_row >= 0),
    CONSTRAINT agent_state CHECK (state IN ('offline', 'ready', 'away'))
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.agent IS 'One row an agent: what an admin says of it and what it says of itself.';
COMMENT ON COLUMN switchboard.agent.number IS 'Order of creation from 0; the last word between equal agents.';
COMMENT ON COLUMN switchboard.agent.capacity IS 'Points of work at one time, 1 to 10,000.';
COMMENT ON COLUMN switchboard.agent.state_since IS 'By the engine''s clock, as all times of this table.';
COMMENT ON COLUMN switchboard.agent.idle_since IS 'From when its idleness counts where the longest idle is chosen.';
COMMENT ON COLUMN switchboard.agent.missed_in_row IS 'Offers missed since it last accepted one.';
COMMENT ON COLUMN switchboard.agent.channels_on IS 'The channels it takes work on now; NULL for all of its channels.';
COMMENT ON COLUMN switchboard.agent.skills IS '{"billing": 5}: level 1 to 10 by skill; NULL for none.';
COMMENT ON COLUMN switchboard.agent.channels IS '{"voice": 1, "chat": null}: items at one time by channel, null for the plan''s limit; NULL for every channel of the plan.';

CREATE TABLE switchboard.inquiry_key (
    at timestamptz NOT NULL,
    inquiry bigint NOT NULL,
    fingerprint uuid NOT NULL,
    request uuid NOT NULL,
    CONSTRAINT inquiry_key_pkey PRIMARY KEY (fingerprint),
    CONSTRAINT inquiry_key_inquiry CHECK (inquiry > 0)
);
COMMENT ON TABLE switchboard.inquiry_key IS 'Idempotency keys within the key window: which request of which source made which inquiry.';
COMMENT ON COLUMN switchboard.inquiry_key.at IS 'When it was used, by the engine''s clock; older than the key window, it may be used anew.';
COMMENT ON COLUMN switchboard.inquiry_key.fingerprint IS '128-bit digest of source and key.';
COMMENT ON COLUMN switchboard.inquiry_key.request IS '128-bit digest of all fields of the request.';
-- Keys are inserted in order of time, so a range index finds the old ones for next to nothing.
CREATE INDEX inquiry_key_at_idx ON switchboard.inquiry_key USING brin (at) WITH (autosummarize = true);

CREATE TABLE switchboard.token (
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    id integer NOT NULL,
    role text NOT NULL,
    agent text,
    name text,
    teams text[],
    digest bytea NOT NULL,
    CONSTRAINT token_pkey PRIMARY KEY (id),
    CONSTRAINT token_digest_key UNIQUE (digest),
    CONSTRAINT token_id CHECK (id > 0),
    CONSTRAINT token_role CHECK (role IN ('admin', 'supervisor', 'gateway', 'upstream', 'agent')),
    CONSTRAINT token_digest CHECK (length(digest) = 32)
);
COMMENT ON TABLE switchboard.token IS 'Who may connect as what; the secret itself is never stored.';
COMMENT ON COLUMN switchboard.token.id IS 'The source of what is submitted with it; 1 is the first admin.';
COMMENT ON COLUMN switchboard.token.agent IS 'Sessions of this token are bound to this agent.';
COMMENT ON COLUMN switchboard.token.teams IS 'A supervisor sees these teams only; NULL for all.';
COMMENT ON COLUMN switchboard.token.digest IS 'SHA-256 of the secret.';

CREATE TABLE switchboard.plan (
    at timestamptz NOT NULL,
    version integer NOT NULL,
    author text,
    note text,
    body json NOT NULL,
    CONSTRAINT plan_pkey PRIMARY KEY (version),
    CONSTRAINT plan_version CHECK (version > 0)
);
COMMENT ON TABLE switchboard.plan IS 'Every version of the routing plan that was ever published; the highest is in force.';
COMMENT ON COLUMN switchboard.plan.author IS 'The name or id of the token that published it.';
COMMENT ON COLUMN switchboard.plan.body IS 'The whole document, kept as it was published.';
