-- The past: what happened, in commit order, written by the same transaction as the rows that it changed.

-- WATCH replays by number, so (site, seq) leads the key; "at" must be in it because the table is cut by it.
CREATE TABLE switchboard.event (
    at timestamptz NOT NULL,
    seq bigint NOT NULL,
    inquiry bigint,
    site smallint NOT NULL,
    type text NOT NULL,
    agent text,
    queue text,
    details json,
    CONSTRAINT event_pkey PRIMARY KEY (site, seq, at),
    CONSTRAINT event_seq CHECK (seq > 0)
) PARTITION BY RANGE (at);
COMMENT ON TABLE switchboard.event IS 'The event log: ids and inputs, no personal data. A month a partition.';
COMMENT ON COLUMN switchboard.event.at IS 'By the engine''s clock.';
COMMENT ON COLUMN switchboard.event.seq IS 'Rises by one in commit order, without gaps, for each site.';
COMMENT ON COLUMN switchboard.event.inquiry IS 'NULL where the event is about no inquiry.';
COMMENT ON COLUMN switchboard.event.details IS 'In the words of the line protocol: times RFC 3339, durations as "1m30s", levels and limits as objects; NULL for nothing.';

CREATE TABLE switchboard.event_default PARTITION OF switchboard.event DEFAULT;
COMMENT ON TABLE switchboard.event_default IS 'Events of months that nobody made a partition for; should be empty.';

-- A partition is filled apart and attached, since attaching lets the writer go on where CREATE ... PARTITION OF would
-- stop it. A month whose events are already in the default partition is left alone with a warning.
CREATE FUNCTION switchboard.make_event_partitions(p_from timestamptz, p_months integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    first_month timestamp := date_trunc('month', p_from AT TIME ZONE 'UTC');
    month timestamp;
    partition text;
    made integer := 0;
BEGIN
    FOR i IN 0 .. p_months - 1 LOOP
        month := first_month + make_interval(months => i);
        partition := 'event_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(format('switchboard.%I', partition)) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE switchboard.%I (LIKE switchboard.event INCLUDING CONSTRAINTS INCLUDING INDEXES)', partition);
            EXECUTE format(
                'ALTER TABLE switchboard.event ATTACH PARTITION switchboard.%I FOR VALUES FROM (%L) TO (%L)',
                partition, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'the default partition already holds events of %', to_char(month, 'YYYY-MM');
        END;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION switchboard.make_event_partitions IS 'Makes the monthly partitions (UTC) of "event" from the month of p_from on, those that are not there; returns how many.';
