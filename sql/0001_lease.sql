-- The bootstrap: what the lease and the migrator themselves stand on. It is applied under an advisory lock and without
-- the lease, since it makes the lease; everything after it is applied by the holder of the lease only. A newer binary
-- calls "acquire" before it has migrated anything, so its signature never changes.

CREATE SCHEMA switchboard;
COMMENT ON SCHEMA switchboard IS 'Switchboard: skill-based routing of inquiries to agents.';

CREATE TABLE switchboard.migration (
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    CONSTRAINT migration_pkey PRIMARY KEY (number),
    CONSTRAINT migration_number CHECK (number > 0),
    CONSTRAINT migration_checksum CHECK (checksum ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE switchboard.migration IS 'The schema files that were applied, each once, in order of number.';
COMMENT ON COLUMN switchboard.migration.checksum IS 'SHA-256 of the file''s bytes, in hexadecimal.';

-- Updated by every batch: the fixed-width columns stand first and the pages are kept nearly empty, so each update
-- stays in its page (HOT) and finds the last one's space pruned.
CREATE TABLE switchboard.engine (
    epoch bigint NOT NULL DEFAULT 0,
    batch bigint NOT NULL DEFAULT 0,
    seq bigint NOT NULL DEFAULT 0,
    next_id bigint NOT NULL,
    submitted bigint NOT NULL DEFAULT 0,
    completed bigint NOT NULL DEFAULT 0,
    abandoned bigint NOT NULL DEFAULT 0,
    cancelled bigint NOT NULL DEFAULT 0,
    clock timestamptz NOT NULL,
    lease_until timestamptz NOT NULL,
    clock_speed double precision NOT NULL,
    site smallint NOT NULL,
    draining boolean NOT NULL DEFAULT false,
    lease_holder text NOT NULL,
    CONSTRAINT engine_pkey PRIMARY KEY (site),
    CONSTRAINT engine_site CHECK (site BETWEEN 0 AND 32767),
    CONSTRAINT engine_next_id CHECK (next_id > 0 AND next_id >> 48 = site),
    CONSTRAINT engine_counts CHECK (epoch >= 0 AND batch >= 0 AND seq >= 0),
    CONSTRAINT engine_totals CHECK (
        completed >= 0 AND abandoned >= 0 AND cancelled >= 0 AND submitted >= completed + abandoned + cancelled
    ),
    CONSTRAINT engine_clock_speed CHECK (clock_speed > 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE switchboard.engine IS 'One row a site: who may write, and the numbers that never go back.';
COMMENT ON COLUMN switchboard.engine.epoch IS 'Rises with every taking of the lease; a batch of an older epoch is refused.';
COMMENT ON COLUMN switchboard.engine.batch IS 'The last committed batch; rises by one.';
COMMENT ON COLUMN switchboard.engine.seq IS 'The last event''s number.';
COMMENT ON COLUMN switchboard.engine.next_id IS 'The id of the next inquiry; the site stands above bit 48.';
COMMENT ON COLUMN switchboard.engine.submitted IS 'Inquiries ever accepted = completed + abandoned + cancelled + live.';
COMMENT ON COLUMN switchboard.engine.clock IS 'The engine''s clock at the last committed batch (virtual where clock_speed is not 1).';
COMMENT ON COLUMN switchboard.engine.clock_speed IS 'How many times faster than real time the engine''s clock runs; fixed by the first start.';
COMMENT ON COLUMN switchboard.engine.draining IS 'Nothing is offered until DRAIN off=true.';
COMMENT ON COLUMN switchboard.engine.lease_until IS 'Until when the holder alone may write, by this server''s clock_timestamp().';
COMMENT ON COLUMN switchboard.engine.lease_holder IS 'The id of the holder''s data folder.';

-- Takes the lease of a site: at once for its present holder (whose data folder is locked, so the old process is dead)
-- and for anybody once it has expired. Makes the site's row at the first start.
CREATE FUNCTION switchboard.acquire(
    p_site smallint, p_holder text, p_lease interval, p_clock timestamptz, p_clock_speed double precision,
    OUT granted boolean, OUT epoch bigint, OUT held_by text, OUT held_until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    present switchboard.engine;
BEGIN
    INSERT INTO switchboard.engine AS e (site, next_id, clock, clock_speed, lease_holder, lease_until)
    VALUES (p_site, (p_site::bigint << 48) + 1, p_clock, p_clock_speed, p_holder, clock_timestamp())
    ON CONFLICT (site) DO NOTHING;

    SELECT e.* INTO STRICT present FROM switchboard.engine AS e WHERE e.site = p_site FOR UPDATE;
    IF present.clock_speed <> p_clock_speed THEN
        RAISE EXCEPTION 'this database has run at clock speed %, not %', present.clock_speed, p_clock_speed
            USING ERRCODE = 'SB002', HINT = 'Start with the same clock speed, or use another database.';
    END IF;

    granted := present.lease_holder = p_holder OR present.lease_until <= clock_timestamp();
    IF granted THEN
        UPDATE switchboard.engine AS e
        SET epoch = e.epoch + 1, lease_holder = p_holder, lease_until = clock_timestamp() + p_lease
        WHERE e.site = p_site
        RETURNING e.epoch, e.lease_holder, e.lease_until INTO epoch, held_by, held_until;
    ELSE
        epoch := present.epoch;
        held_by := present.lease_holder;
        held_until := present.lease_until;
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.acquire IS 'Takes the lease of a site, or says who holds it and until when. SB002: the database has run at another clock speed.';

-- The first statement of every batch. It alone decides whether a batch may be committed: the lease is only liveness.
CREATE FUNCTION switchboard.fence(
    p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamptz,
    p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE switchboard.engine AS e
    SET batch = p_batch, seq = p_seq, next_id = p_next_id, clock = p_clock, submitted = p_submitted,
        completed = p_completed, abandoned = p_abandoned, cancelled = p_cancelled, draining = p_draining,
        lease_until = clock_timestamp() + p_lease
    WHERE e.site = p_site AND e.epoch = p_epoch AND e.batch = p_batch - 1;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> 1 THEN
        RAISE EXCEPTION 'batch % of epoch % is not the next one of site %', p_batch, p_epoch, p_site
            USING ERRCODE = 'SB001', DETAIL = coalesce(
                (SELECT format('The site is at batch %s of epoch %s, held by %s.', e.batch, e.epoch, e.lease_holder)
                 FROM switchboard.engine AS e WHERE e.site = p_site),
                'The site has no row.');
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.fence IS 'Opens batch n: sets batch = n where epoch is the caller''s and batch = n - 1, and prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.renew(p_site smallint, p_epoch bigint, p_lease interval)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE switchboard.engine AS e SET lease_until = clock_timestamp() + p_lease
    WHERE e.site = p_site AND e.epoch = p_epoch;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> 1 THEN
        RAISE EXCEPTION 'epoch % of site % is over', p_epoch, p_site
            USING ERRCODE = 'SB001', DETAIL = coalesce(
                (SELECT format('The site is at epoch %s, held by %s.', e.epoch, e.lease_holder)
                 FROM switchboard.engine AS e WHERE e.site = p_site),
                'The site has no row.');
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.renew IS 'Prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.release(p_site smallint, p_epoch bigint)
RETURNS void LANGUAGE sql
BEGIN ATOMIC
    UPDATE switchboard.engine AS e SET lease_until = clock_timestamp() WHERE e.site = p_site AND e.epoch = p_epoch;
END;
COMMENT ON FUNCTION switchboard.release IS 'Ends the lease of an epoch now, so that a standby need not wait for its expiry.';
