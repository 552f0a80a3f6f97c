CREATE SCHEMA switchboard;

COMMENT ON SCHEMA switchboard IS 'Switchboard: skill-based routing of inquiries to agents.';

CREATE FUNCTION switchboard.acquire(p_site smallint, p_holder text, p_lease interval, p_clock timestamp with time zone, p_clock_speed double precision, OUT granted boolean, OUT epoch bigint, OUT held_by text, OUT held_until timestamp with time zone) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.acquire(p_site smallint, p_holder text, p_lease interval, p_clock timestamp with time zone, p_clock_speed double precision, OUT granted boolean, OUT epoch bigint, OUT held_by text, OUT held_until timestamp with time zone) IS 'Takes the lease of a site, or says who holds it and until when. SB002: the database has run at another clock speed.';

CREATE FUNCTION switchboard.bucket_at(p_share numeric, p_n bigint, p_buckets smallint[], p_uptos bigint[]) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (p_buckets)[(1 + width_bucket(((ceil(((p_n)::numeric * p_share)))::bigint - 1), p_uptos))];

COMMENT ON FUNCTION switchboard.bucket_at(p_share numeric, p_n bigint, p_buckets smallint[], p_uptos bigint[]) IS 'The percentile of a histogram by nearest rank: the first of the rising buckets up to which, it included, at least that share of all n lies.';

CREATE FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    SET lock_timeout TO '50ms'
    AS $_$
DECLARE
    before timestamptz := p_before;
    oldest text;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    IF p_parent = 'closed_inquiry' THEN
        before := least(p_before, coalesce(
            (SELECT k.until FROM switchboard.report_kept AS k WHERE k.report = 'resolution'),
            (SELECT f.at FROM switchboard.figure AS f ORDER BY f.day, f.at LIMIT 1)));
    END IF;
    SELECT c.relname::text INTO oldest
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('switchboard.%I', p_parent)::regclass
        AND CASE WHEN c.relname::text ~ ('^' || p_parent || '_[0-9]{4}_[0-9]{2}$')
            THEN (to_date(right(c.relname::text, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= before
            ELSE false END
    ORDER BY 1 LIMIT 1;
    IF oldest IS NOT NULL THEN
        EXECUTE format('DROP TABLE switchboard.%I', oldest);
    END IF;
    RETURN oldest;
END
$_$;

COMMENT ON FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamp with time zone) IS 'Drops the oldest monthly partition all of which is before p_before, and whose closed inquiries have been counted, and returns its name, NULL for none. 55P03: somebody was in the way, try again. SB001: deposed.';

CREATE FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'batch % of epoch % is not the next one of site %', p_batch, p_epoch, p_site
        USING ERRCODE = 'SB001', DETAIL = 'A newer version of switchboard has brought the schema up to date.';
END
$$;

COMMENT ON FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval) IS 'The fence of an older version: SB001, deposed.';

CREATE FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_expired bigint, p_draining boolean, p_paused text[], p_lease interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE switchboard.engine AS e
    SET batch = p_batch, seq = p_seq, next_id = p_next_id, clock = p_clock, submitted = p_submitted,
        completed = p_completed, abandoned = p_abandoned, cancelled = p_cancelled, expired = p_expired,
        draining = p_draining, paused = CASE WHEN e.paused = p_paused THEN e.paused ELSE p_paused END,
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

COMMENT ON FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_expired bigint, p_draining boolean, p_paused text[], p_lease interval) IS 'Opens batch n: sets batch = n where epoch is the caller''s and batch = n - 1, and prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.forget_customer(p_site smallint, p_epoch bigint, p_customer text, p_before bigint, p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
DECLARE
    forgotten integer;
    more integer;
BEGIN
    PERFORM switchboard.lock_closed(p_site);
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    UPDATE switchboard.inquiry AS q SET customer = NULL, subject = NULL, attrs = NULL, comment = NULL
    WHERE q.id = ANY (ARRAY(
        SELECT o.id FROM switchboard.inquiry AS o
        WHERE o.customer = p_customer COLLATE "C" AND o.id >= p_site::bigint << 48 AND o.id < p_before
        ORDER BY o.id LIMIT p_limit));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    IF forgotten < p_limit THEN
        UPDATE switchboard.closed_inquiry AS q SET customer = NULL, subject = NULL, attrs = NULL, comment = NULL
        WHERE q.id = ANY (ARRAY(
            SELECT o.id FROM switchboard.closed_inquiry AS o
            WHERE o.customer = p_customer COLLATE "C" AND o.id >= p_site::bigint << 48 AND o.id < p_before
            ORDER BY o.id LIMIT p_limit - forgotten));
        GET DIAGNOSTICS more = ROW_COUNT;
        forgotten := forgotten + more;
    END IF;
    RETURN forgotten;
END
$$;

COMMENT ON FUNCTION switchboard.forget_customer(p_site smallint, p_epoch bigint, p_customer text, p_before bigint, p_limit integer) IS 'Nulls the personal data of at most p_limit of a customer''s inquiries with ids before p_before, in both tables; returns how many. SB001: deposed.';

CREATE FUNCTION switchboard.keep_resolution(p_site smallint, p_epoch bigint, p_slices integer) RETURNS integer
    LANGUAGE plpgsql
    SET enable_seqscan TO 'on'
    SET enable_hashjoin TO 'on'
    SET enable_mergejoin TO 'on'
    AS $$
DECLARE
    zone text;
    clock timestamptz;
    begins timestamptz;
    ends timestamptz;
    slices integer := 0;
BEGIN
    PERFORM switchboard.lock_reports();
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    zone := switchboard.plan_timezone();
    clock := (SELECT min(e.clock) FROM switchboard.engine AS e);
    begins := date_bin('15 minutes', coalesce(
        (SELECT k.until FROM switchboard.report_kept AS k WHERE k.report = 'resolution'),
        (SELECT f.at FROM switchboard.figure AS f ORDER BY f.day, f.at LIMIT 1)), 'epoch');
    WHILE slices < p_slices LOOP
        ends := begins + INTERVAL '15 minutes';
        EXIT WHEN (ends + INTERVAL '168 hours' <= clock) IS NOT TRUE;
        INSERT INTO switchboard.resolution_day AS r (completed, resolved_at_once, day, queue)
        SELECT count(*), count(*) FILTER (
                WHERE q.outcome IS DISTINCT FROM 'unresolved' AND NOT q.reopened AND NOT coalesce((
                    SELECT next.submitted_at FROM switchboard.all_inquiry AS next
                    WHERE next.customer COLLATE "C" = q.customer AND next.id > q.id
                    ORDER BY next.customer COLLATE "C", next.id LIMIT 1
                ) < q.closed_at + INTERVAL '168 hours', false)),
            coalesce(d.day, (begins AT TIME ZONE zone)::date) AS day, q.queue
        FROM switchboard.all_inquiry AS q
        LEFT JOIN (
            SELECT f.queue, max(f.day) AS day FROM switchboard.figure AS f
            WHERE f.day BETWEEN (begins AT TIME ZONE 'UTC')::date - 1 AND (begins AT TIME ZONE 'UTC')::date + 1
                AND f.at = begins AND f.completed > 0
            GROUP BY f.queue
        ) AS d ON d.queue = q.queue
        WHERE q.state = 'completed' AND q.closed_at >= begins AND q.closed_at < ends
        GROUP BY coalesce(d.day, (begins AT TIME ZONE zone)::date), q.queue
        ON CONFLICT (day, queue) DO UPDATE SET completed = r.completed + excluded.completed,
            resolved_at_once = r.resolved_at_once + excluded.resolved_at_once;
        INSERT INTO switchboard.report_kept AS k (report, day, until)
        VALUES ('resolution', least(((ends - INTERVAL '2 hours') AT TIME ZONE zone)::date, (
            SELECT min(f.day) FROM switchboard.figure AS f
            WHERE f.day BETWEEN (ends AT TIME ZONE 'UTC')::date - 1 AND (ends AT TIME ZONE 'UTC')::date + 2
                AND f.at >= ends)) - 1, ends)
        ON CONFLICT (report) DO UPDATE SET day = greatest(k.day, excluded.day), until = excluded.until;
        begins := ends;
        slices := slices + 1;
    END LOOP;
    RETURN slices;
END
$$;

COMMENT ON FUNCTION switchboard.keep_resolution(p_site smallint, p_epoch bigint, p_slices integer) IS 'Counts the first contact resolution of at most p_slices more quarters of an hour that ended 7 days ago or earlier; returns of how many. SB001: deposed.';

CREATE FUNCTION switchboard.keep_spans(p_site smallint, p_epoch bigint, p_slices integer) RETURNS integer
    LANGUAGE plpgsql
    SET enable_seqscan TO 'on'
    SET enable_hashjoin TO 'on'
    SET enable_mergejoin TO 'on'
    AS $$
DECLARE
    zone text;
    today date;
    keeping date;
    slices integer := 0;
BEGIN
    PERFORM switchboard.lock_reports();
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    zone := switchboard.plan_timezone();
    today := (SELECT (min(e.clock) AT TIME ZONE zone)::date FROM switchboard.engine AS e);
    keeping := coalesce(
        (SELECT k.day + 1 FROM switchboard.report_kept AS k WHERE k.report = 'span'),
        (SELECT min(f.day) FROM switchboard.span_figure AS f));
    WHILE keeping + 3 <= today AND slices < p_slices LOOP
        INSERT INTO switchboard.span_day (n, day, queue, channel, span, p50, p95, p99)
        SELECT n, day, queue, channel, span, p50, p95, p99 FROM switchboard.open_span WHERE day = keeping;
        INSERT INTO switchboard.report_kept (report, day, until)
        VALUES ('span', keeping, (keeping + 1)::timestamp AT TIME ZONE zone)
        ON CONFLICT (report) DO UPDATE SET day = excluded.day, until = excluded.until;
        keeping := keeping + 1;
        slices := slices + 1;
    END LOOP;
    RETURN slices;
END
$$;

COMMENT ON FUNCTION switchboard.keep_spans(p_site smallint, p_epoch bigint, p_slices integer) IS 'Keeps the percentiles of at most p_slices more days that are over; returns of how many. SB001: deposed.';

CREATE FUNCTION switchboard.lock_closed(p_site smallint) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT pg_advisory_xact_lock(1937204592, (p_site)::integer) AS pg_advisory_xact_lock;
END;

COMMENT ON FUNCTION switchboard.lock_closed(p_site smallint) IS 'To be held, to the end of the transaction, by whoever moves or changes rows of closed inquiries that the engine does not hold. What looks at the rows must be a later statement: it has to see what the holder before did.';

CREATE FUNCTION switchboard.lock_reports() RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT pg_advisory_xact_lock((1937204593)::bigint) AS pg_advisory_xact_lock;
END;

COMMENT ON FUNCTION switchboard.lock_reports() IS 'To be held, to the end of the transaction, by whoever keeps what reports say. What looks at how far they are kept must be a later statement: it has to see what the holder before did.';

CREATE FUNCTION switchboard.make_partitions(p_parent text, p_from timestamp with time zone, p_months integer) RETURNS integer
    LANGUAGE plpgsql
    SET "DateStyle" TO 'ISO'
    AS $$
DECLARE
    first_month timestamp := date_trunc('month', p_from AT TIME ZONE 'UTC');
    month timestamp;
    partition text;
    made integer := 0;
BEGIN
    FOR i IN 0 .. p_months - 1 LOOP
        month := first_month + make_interval(months => i);
        partition := p_parent || '_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(format('switchboard.%I', partition)) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE switchboard.%I (LIKE switchboard.%I INCLUDING CONSTRAINTS INCLUDING INDEXES)',
                partition, p_parent);
            EXECUTE format(
                'ALTER TABLE switchboard.%I ATTACH PARTITION switchboard.%I FOR VALUES FROM (%L) TO (%L)',
                p_parent, partition, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'the default partition of % already holds rows of %', p_parent, to_char(month, 'YYYY-MM');
        END;
    END LOOP;
    RETURN made;
END
$$;

COMMENT ON FUNCTION switchboard.make_partitions(p_parent text, p_from timestamp with time zone, p_months integer) IS 'Makes the monthly partitions (UTC) of "event" or "closed_inquiry" from the month of p_from on, those that are not there; returns how many.';

CREATE TABLE switchboard.plan (
    at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    author text,
    note text,
    body json NOT NULL,
    CONSTRAINT plan_version CHECK ((version > 0))
);

COMMENT ON TABLE switchboard.plan IS 'Every version of the routing plan that was ever published; the highest is in force.';

COMMENT ON COLUMN switchboard.plan.author IS 'The name or id of the token that published it.';

COMMENT ON COLUMN switchboard.plan.body IS 'The whole document, kept as it was published.';

CREATE FUNCTION switchboard.plan_timezone() RETURNS text
    LANGUAGE sql STABLE
    RETURN COALESCE((SELECT ((p.body -> 'defaults'::text) ->> 'timezone'::text) FROM switchboard.plan p ORDER BY p.version DESC LIMIT 1), 'UTC'::text);

COMMENT ON FUNCTION switchboard.plan_timezone() IS 'defaults.timezone of the plan in force.';

CREATE TABLE switchboard.engine (
    epoch bigint DEFAULT 0 NOT NULL,
    batch bigint DEFAULT 0 NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    next_id bigint NOT NULL,
    submitted bigint DEFAULT 0 NOT NULL,
    completed bigint DEFAULT 0 NOT NULL,
    abandoned bigint DEFAULT 0 NOT NULL,
    cancelled bigint DEFAULT 0 NOT NULL,
    clock timestamp with time zone NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    clock_speed double precision NOT NULL,
    site smallint NOT NULL,
    draining boolean DEFAULT false NOT NULL,
    lease_holder text NOT NULL,
    expired bigint DEFAULT 0 NOT NULL,
    paused text[],
    surveyed_until timestamp with time zone,
    CONSTRAINT engine_clock_speed CHECK ((clock_speed > (0)::double precision)),
    CONSTRAINT engine_counts CHECK (((epoch >= 0) AND (batch >= 0) AND (seq >= 0))),
    CONSTRAINT engine_next_id CHECK (((next_id > 0) AND ((next_id >> 48) = site))),
    CONSTRAINT engine_paused CHECK ((cardinality(paused) >= 1)),
    CONSTRAINT engine_site CHECK (((site >= 0) AND (site <= 32767))),
    CONSTRAINT engine_totals CHECK (((completed >= 0) AND (abandoned >= 0) AND (cancelled >= 0) AND (expired >= 0) AND (submitted >= (((completed + abandoned) + cancelled) + expired))))
)
WITH (fillfactor='10');

COMMENT ON TABLE switchboard.engine IS 'One row a site: who may write, and the numbers that never go back.';

COMMENT ON COLUMN switchboard.engine.epoch IS 'Rises with every taking of the lease; a batch of an older epoch is refused.';

COMMENT ON COLUMN switchboard.engine.batch IS 'The last committed batch; rises by one.';

COMMENT ON COLUMN switchboard.engine.seq IS 'The last event''s number.';

COMMENT ON COLUMN switchboard.engine.next_id IS 'The id of the next inquiry; the site stands above bit 48.';

COMMENT ON COLUMN switchboard.engine.submitted IS 'Inquiries ever accepted = completed + abandoned + cancelled + expired + live.';

COMMENT ON COLUMN switchboard.engine.completed IS 'Without those that were reopened since.';

COMMENT ON COLUMN switchboard.engine.clock IS 'The engine''s clock at the last committed batch (virtual where clock_speed is not 1).';

COMMENT ON COLUMN switchboard.engine.lease_until IS 'Until when the holder alone may write, by this server''s clock_timestamp().';

COMMENT ON COLUMN switchboard.engine.clock_speed IS 'How many times faster than real time the engine''s clock runs; fixed by the first start.';

COMMENT ON COLUMN switchboard.engine.draining IS 'Nothing is offered until DRAIN off=true.';

COMMENT ON COLUMN switchboard.engine.lease_holder IS 'The id of the holder''s data folder.';

COMMENT ON COLUMN switchboard.engine.expired IS 'Inquiries that waited for as long as the plan lets anything wait.';

COMMENT ON COLUMN switchboard.engine.paused IS 'The queues that are paused, in the order of the plan; NULL for none.';

COMMENT ON COLUMN switchboard.engine.surveyed_until IS 'What was completed up to then has had its survey_due, or needs none; NULL while the plan asks for no surveys.';

CREATE FUNCTION switchboard.release(p_site smallint, p_epoch bigint) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 UPDATE switchboard.engine e SET lease_until = clock_timestamp()
   WHERE ((e.site = release.p_site) AND (e.epoch = release.p_epoch));
END;

COMMENT ON FUNCTION switchboard.release(p_site smallint, p_epoch bigint) IS 'Ends the lease of an epoch now, so that a standby need not wait for its expiry.';

CREATE FUNCTION switchboard.renew(p_site smallint, p_epoch bigint, p_lease interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.renew(p_site smallint, p_epoch bigint, p_lease interval) IS 'Prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.require_epoch(p_site smallint, p_epoch bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM switchboard.engine AS e WHERE e.site = p_site AND e.epoch = p_epoch) THEN
        RAISE EXCEPTION 'epoch % of site % is over', p_epoch, p_site
            USING ERRCODE = 'SB001', DETAIL = coalesce(
                (SELECT format('The site is at epoch %s, held by %s.', e.epoch, e.lease_holder)
                 FROM switchboard.engine AS e WHERE e.site = p_site),
                'The site has no row.');
    END IF;
END
$$;

COMMENT ON FUNCTION switchboard.require_epoch(p_site smallint, p_epoch bigint) IS 'The fence of what is not a batch. SB001: deposed. It takes no lock, so it never holds up a batch.';

CREATE FUNCTION switchboard.seconds(p_microseconds numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE
    RETURN round((p_microseconds / (1000000)::numeric), 3);

COMMENT ON FUNCTION switchboard.seconds(p_microseconds numeric) IS 'Microseconds as seconds, to the millisecond.';

CREATE FUNCTION switchboard.share(p_part numeric, p_whole numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE
    RETURN round((p_part / NULLIF(p_whole, (0)::numeric)), 4);

COMMENT ON FUNCTION switchboard.share(p_part numeric, p_whole numeric) IS 'A part of a whole, 0 to 1, to four decimals; NULL of nothing.';

CREATE FUNCTION switchboard.span_of(p_bucket smallint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (p_bucket < 64) THEN ((p_bucket)::bigint * 1000) ELSE (((((((p_bucket)::integer % 32) + 32))::bigint << ((p_bucket / 32) - 1)) * 1000) + (((1000)::bigint << ((p_bucket / 32) - 1)) / 2)) END;

COMMENT ON FUNCTION switchboard.span_of(p_bucket smallint) IS 'The middle of a bucket of span_figure, in microseconds.';

CREATE FUNCTION switchboard.sweep(p_site smallint, p_epoch bigint, p_ids bigint[], p_closed_at timestamp with time zone[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
DECLARE
    month timestamptz;
    moved integer;
BEGIN
    PERFORM switchboard.lock_closed(p_site);
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    FOR month IN
        SELECT DISTINCT date_trunc('month', u.closed_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        FROM unnest(p_closed_at) AS u (closed_at)
    LOOP
        PERFORM switchboard.make_partitions('closed_inquiry', month, 1);
    END LOOP;
    WITH swept AS (
        DELETE FROM switchboard.inquiry AS q USING unnest(p_ids, p_closed_at) AS u (id, closed_at)
        WHERE q.id = u.id AND q.closed_at = u.closed_at AND q.wrap_up_ends IS NULL
        RETURNING q.*
    )
    INSERT INTO switchboard.closed_inquiry SELECT * FROM swept;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved;
END
$$;

COMMENT ON FUNCTION switchboard.sweep(p_site smallint, p_epoch bigint, p_ids bigint[], p_closed_at timestamp with time zone[]) IS 'Moves inquiries that were closed then, and are so still, to "closed_inquiry"; returns how many. SB001: deposed.';

CREATE FUNCTION switchboard.sweep_slice(p_site smallint, p_epoch bigint, p_before timestamp with time zone, p_after bigint, p_limit integer, OUT moved integer, OUT last bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE
    ids bigint[];
    times timestamptz[];
BEGIN
    SELECT max(s.id), array_agg(s.id) FILTER (WHERE s.is_over), array_agg(s.closed_at) FILTER (WHERE s.is_over)
    INTO last, ids, times
    FROM (
        SELECT q.id, q.closed_at, q.closed_at < p_before AND q.wrap_up_ends IS NULL AS is_over
        FROM switchboard.inquiry AS q
        WHERE q.id > p_after AND q.id < (p_site::bigint + 1) << 48 ORDER BY q.id LIMIT p_limit
    ) AS s;
    moved := 0;
    IF ids IS NOT NULL THEN
        moved := switchboard.sweep(p_site, p_epoch, ids, times);
    END IF;
END
$$;

COMMENT ON FUNCTION switchboard.sweep_slice(p_site smallint, p_epoch bigint, p_before timestamp with time zone, p_after bigint, p_limit integer, OUT moved integer, OUT last bigint) IS 'Of the p_limit inquiries after p_after, moves those closed before p_before; says how many and the last one looked at, NULL at the end. SB001: deposed.';

CREATE TABLE switchboard.agent (
    state_since timestamp with time zone NOT NULL,
    idle_since timestamp with time zone NOT NULL,
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
    activity text DEFAULT 'none'::text NOT NULL,
    activity_since timestamp with time zone DEFAULT '1970-01-01 00:00:00+00'::timestamp with time zone NOT NULL,
    tally json,
    CONSTRAINT agent_activity CHECK ((activity = ANY (ARRAY['none'::text, 'idle'::text, 'busy'::text, 'wrap_up'::text, 'away'::text]))),
    CONSTRAINT agent_capacity CHECK (((capacity >= 1) AND (capacity <= 10000))),
    CONSTRAINT agent_missed_in_row CHECK ((missed_in_row >= 0)),
    CONSTRAINT agent_number CHECK ((number >= 0)),
    CONSTRAINT agent_state CHECK ((state = ANY (ARRAY['offline'::text, 'ready'::text, 'away'::text])))
)
WITH (fillfactor='50');

COMMENT ON TABLE switchboard.agent IS 'One row an agent: what an admin says of it and what it says of itself.';

COMMENT ON COLUMN switchboard.agent.state_since IS 'By the engine''s clock, as all times of this table.';

COMMENT ON COLUMN switchboard.agent.idle_since IS 'From when its idleness counts where the longest idle is chosen.';

COMMENT ON COLUMN switchboard.agent.number IS 'Order of creation from 0; the last word between equal agents.';

COMMENT ON COLUMN switchboard.agent.capacity IS 'Points of work at one time, 1 to 10,000.';

COMMENT ON COLUMN switchboard.agent.missed_in_row IS 'Offers missed since it last accepted one.';

COMMENT ON COLUMN switchboard.agent.channels_on IS 'The channels it takes work on now; NULL for all of its channels.';

COMMENT ON COLUMN switchboard.agent.skills IS '{"billing": 5}: level 1 to 10 by skill; NULL for none.';

COMMENT ON COLUMN switchboard.agent.channels IS '{"voice": 1, "chat": null}: items at one time by channel, null for the plan''s limit; NULL for every channel of the plan.';

COMMENT ON COLUMN switchboard.agent.activity IS 'What its time is counted as. idle: ready without work; busy: with assigned work; wrap_up: with nothing but wrap-ups; none: signed off, or without a session and work.';

COMMENT ON COLUMN switchboard.agent.activity_since IS 'Since when; "tally" counts what was before.';

COMMENT ON COLUMN switchboard.agent.tally IS 'Its row of "agent_figure" to be, of the last quarter of an hour in which anything was counted: {"at": microseconds since 1970, "day": days since 1970, "idle": microseconds, …}; NULL for nothing yet.';

CREATE TABLE switchboard.agent_figure (
    at timestamp with time zone NOT NULL,
    idle bigint NOT NULL,
    busy bigint NOT NULL,
    wrap_up bigint NOT NULL,
    away bigint NOT NULL,
    handled bigint NOT NULL,
    wrap_up_took bigint NOT NULL,
    accepted integer NOT NULL,
    assigned integer NOT NULL,
    declined integer NOT NULL,
    missed integer NOT NULL,
    completed integer NOT NULL,
    day date NOT NULL,
    agent text NOT NULL
);

COMMENT ON TABLE switchboard.agent_figure IS 'What an agent did in a quarter of an hour that is over. The quarter under way is agent.tally; all_agent_figure has both.';

COMMENT ON COLUMN switchboard.agent_figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';

COMMENT ON COLUMN switchboard.agent_figure.idle IS 'Microseconds ready and without work.';

COMMENT ON COLUMN switchboard.agent_figure.busy IS 'Microseconds with assigned work, or held work that takes room, however many.';

COMMENT ON COLUMN switchboard.agent_figure.wrap_up IS 'Microseconds with nothing but wrap-ups.';

COMMENT ON COLUMN switchboard.agent_figure.away IS 'Microseconds away, and without work.';

COMMENT ON COLUMN switchboard.agent_figure.handled IS 'Microseconds from acceptance to completion or to being handed on: work side by side counts side by side.';

COMMENT ON COLUMN switchboard.agent_figure.wrap_up_took IS 'Microseconds of the wrap-ups that ended.';

COMMENT ON COLUMN switchboard.agent_figure.accepted IS 'Offers accepted.';

COMMENT ON COLUMN switchboard.agent_figure.assigned IS 'Taken without an offer.';

COMMENT ON COLUMN switchboard.agent_figure.declined IS 'Offers declined.';

COMMENT ON COLUMN switchboard.agent_figure.missed IS 'Offers that ran out.';

COMMENT ON COLUMN switchboard.agent_figure.completed IS 'Completed inquiries; one that is reopened and completed again counts again.';

COMMENT ON COLUMN switchboard.agent_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.agent_figure.agent IS 'The agent''s id.';

CREATE VIEW switchboard.all_agent_figure AS
 SELECT agent_figure.day,
    agent_figure.at,
    agent_figure.agent,
    agent_figure.idle,
    agent_figure.busy,
    agent_figure.wrap_up,
    agent_figure.away,
    agent_figure.handled,
    agent_figure.wrap_up_took,
    agent_figure.accepted,
    agent_figure.assigned,
    agent_figure.declined,
    agent_figure.missed,
    agent_figure.completed
   FROM switchboard.agent_figure
UNION ALL
 SELECT ('1970-01-01'::date + ((a.tally ->> 'day'::text))::integer) AS day,
    ('1970-01-01 00:00:00+00'::timestamp with time zone + ((((a.tally ->> 'at'::text))::bigint)::double precision * '00:00:00.000001'::interval)) AS at,
    a.id AS agent,
    COALESCE(((a.tally ->> 'idle'::text))::bigint, (0)::bigint) AS idle,
    COALESCE(((a.tally ->> 'busy'::text))::bigint, (0)::bigint) AS busy,
    COALESCE(((a.tally ->> 'wrap_up'::text))::bigint, (0)::bigint) AS wrap_up,
    COALESCE(((a.tally ->> 'away'::text))::bigint, (0)::bigint) AS away,
    COALESCE(((a.tally ->> 'handled'::text))::bigint, (0)::bigint) AS handled,
    COALESCE(((a.tally ->> 'wrap_up_took'::text))::bigint, (0)::bigint) AS wrap_up_took,
    COALESCE(((a.tally ->> 'accepted'::text))::integer, 0) AS accepted,
    COALESCE(((a.tally ->> 'assigned'::text))::integer, 0) AS assigned,
    COALESCE(((a.tally ->> 'declined'::text))::integer, 0) AS declined,
    COALESCE(((a.tally ->> 'missed'::text))::integer, 0) AS missed,
    COALESCE(((a.tally ->> 'completed'::text))::integer, 0) AS completed
   FROM switchboard.agent a
  WHERE (a.tally IS NOT NULL);

COMMENT ON VIEW switchboard.all_agent_figure IS 'What agents did by quarters of an hour, with the one under way: up to the agent''s last change of activity, or the last full quarter.';

COMMENT ON COLUMN switchboard.all_agent_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.all_agent_figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';

COMMENT ON COLUMN switchboard.all_agent_figure.agent IS 'The agent''s id.';

COMMENT ON COLUMN switchboard.all_agent_figure.idle IS 'Microseconds ready and without work.';

COMMENT ON COLUMN switchboard.all_agent_figure.busy IS 'Microseconds with assigned work, or held work that takes room, however many.';

COMMENT ON COLUMN switchboard.all_agent_figure.wrap_up IS 'Microseconds with nothing but wrap-ups.';

COMMENT ON COLUMN switchboard.all_agent_figure.away IS 'Microseconds away, and without work.';

COMMENT ON COLUMN switchboard.all_agent_figure.handled IS 'Microseconds from acceptance to completion or to being handed on: work side by side counts side by side.';

COMMENT ON COLUMN switchboard.all_agent_figure.wrap_up_took IS 'Microseconds of the wrap-ups that ended.';

COMMENT ON COLUMN switchboard.all_agent_figure.accepted IS 'Offers accepted.';

COMMENT ON COLUMN switchboard.all_agent_figure.assigned IS 'Taken without an offer.';

COMMENT ON COLUMN switchboard.all_agent_figure.declined IS 'Offers declined.';

COMMENT ON COLUMN switchboard.all_agent_figure.missed IS 'Offers that ran out.';

COMMENT ON COLUMN switchboard.all_agent_figure.completed IS 'Completed inquiries; one that is reopened and completed again counts again.';

CREATE TABLE switchboard.closed_inquiry (
    id bigint NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    state_since timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamp with time zone,
    accepted_at timestamp with time zone,
    closed_at timestamp with time zone NOT NULL,
    wrap_up_ends timestamp with time zone,
    excluded_at timestamp with time zone,
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
    decision_seq bigint,
    waiting_since timestamp with time zone,
    scheduled_at timestamp with time zone,
    hold_until timestamp with time zone,
    hold bigint,
    csat smallint,
    nps smallint,
    preferred text,
    prefer json,
    comment text,
    stay json,
    parts text[],
    policy text,
    policy_version integer,
    clocks json,
    failed text[],
    responded boolean DEFAULT false NOT NULL,
    reopened boolean DEFAULT false NOT NULL,
    worked bigint,
    CONSTRAINT closed_inquiry_ended CHECK ((wrap_up_ends IS NULL)),
    CONSTRAINT inquiry_clocks CHECK (((clocks IS NULL) OR (policy IS NOT NULL))),
    CONSTRAINT inquiry_csat CHECK (((csat >= 1) AND (csat <= 5))),
    CONSTRAINT inquiry_decision_seq CHECK ((decision_seq > 0)),
    CONSTRAINT inquiry_excluded CHECK (((excluded IS NULL) OR ((excluded_at IS NOT NULL) AND ((cardinality(excluded) >= 1) AND (cardinality(excluded) <= 64))))),
    CONSTRAINT inquiry_hold CHECK ((hold >= 0)),
    CONSTRAINT inquiry_id CHECK ((id > 0)),
    CONSTRAINT inquiry_nps CHECK (((nps >= 0) AND (nps <= 10))),
    CONSTRAINT inquiry_outcome CHECK (((outcome IS NULL) OR ((outcome = ANY (ARRAY['resolved'::text, 'unresolved'::text])) AND (state = 'completed'::text)))),
    CONSTRAINT inquiry_passed CHECK (((passed IS NULL) OR ((cardinality(passed) >= 1) AND (cardinality(passed) <= 64)))),
    CONSTRAINT inquiry_policy CHECK (((policy IS NULL) = (policy_version IS NULL))),
    CONSTRAINT inquiry_priority CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT inquiry_state CHECK (
CASE state
    WHEN 'scheduled'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (scheduled_at IS NOT NULL))
    WHEN 'waiting'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL))
    WHEN 'offered'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NOT NULL) AND (closed_at IS NULL))
    WHEN 'assigned'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'held'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'completed'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NOT NULL) AND (accepted_at IS NOT NULL))
    WHEN 'abandoned'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'cancelled'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'expired'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    ELSE false
END),
    CONSTRAINT inquiry_wrap_up CHECK (((wrap_up_ends IS NULL) OR (state = 'completed'::text)))
)
PARTITION BY RANGE (closed_at);

COMMENT ON TABLE switchboard.closed_inquiry IS 'One row an inquiry that is closed and that the engine holds no more. A month of closed_at a partition.';

COMMENT ON COLUMN switchboard.closed_inquiry.id IS 'Rises in order of submission; the site stands above bit 48.';

COMMENT ON COLUMN switchboard.closed_inquiry.submitted_at IS 'By the engine''s clock, as all times of this table.';

COMMENT ON COLUMN switchboard.closed_inquiry.state_since IS 'When it came into its state.';

COMMENT ON COLUMN switchboard.closed_inquiry.queued_at IS 'The age that counts for its rank; declining, missing and withdrawing keep it.';

COMMENT ON COLUMN switchboard.closed_inquiry.rank IS 'The virtual deadline, microseconds since 1970; the earliest is served first.';

COMMENT ON COLUMN switchboard.closed_inquiry.offer_expires IS 'Until when its agent may accept; set while offered. An offer that stands still since a restart has what is left of it, counted from 1970-01-01.';

COMMENT ON COLUMN switchboard.closed_inquiry.accepted_at IS 'When an agent took it, by accepting or by assignment.';

COMMENT ON COLUMN switchboard.closed_inquiry.closed_at IS 'When it was completed, abandoned, cancelled or expired.';

COMMENT ON COLUMN switchboard.closed_inquiry.wrap_up_ends IS 'Set while its agent''s slot is in wrap-up.';

COMMENT ON COLUMN switchboard.closed_inquiry.excluded_at IS 'When the last exclusion was made.';

COMMENT ON COLUMN switchboard.closed_inquiry.source IS 'The id of the token that submitted it.';

COMMENT ON COLUMN switchboard.closed_inquiry.priority IS '-100 to 100, higher is more urgent.';

COMMENT ON COLUMN switchboard.closed_inquiry.agent IS 'Offered to, assigned to, or who completed it.';

COMMENT ON COLUMN switchboard.closed_inquiry.excluded IS 'Agents who declined or missed it, oldest first.';

COMMENT ON COLUMN switchboard.closed_inquiry.passed IS 'Agents whose offer of it was withdrawn, oldest first: their late answer is told gone.';

COMMENT ON COLUMN switchboard.closed_inquiry.disposition IS 'Why it was cancelled, or how it was completed; free text.';

COMMENT ON COLUMN switchboard.closed_inquiry.skills IS 'What the request required, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';

COMMENT ON COLUMN switchboard.closed_inquiry.key IS 'The submitter''s idempotency key.';

COMMENT ON COLUMN switchboard.closed_inquiry.customer IS 'Personal data.';

COMMENT ON COLUMN switchboard.closed_inquiry.subject IS 'Personal data.';

COMMENT ON COLUMN switchboard.closed_inquiry.attrs IS 'Personal data: a JSON object, kept as it was submitted (json, so its bytes come back).';

COMMENT ON COLUMN switchboard.closed_inquiry.decision_seq IS 'The number of the event that gave it to its agent, which says why; NULL before.';

COMMENT ON COLUMN switchboard.closed_inquiry.waiting_since IS 'Since when it has waited in its queue, where that is not queued_at: it changed its queue, or came back from work.';

COMMENT ON COLUMN switchboard.closed_inquiry.scheduled_at IS 'When it enters its queue; set while scheduled.';

COMMENT ON COLUMN switchboard.closed_inquiry.hold_until IS 'Until when it waits for its preferred agent; set once it is in its queue.';

COMMENT ON COLUMN switchboard.closed_inquiry.hold IS 'For how long it waits for its preferred agent, in microseconds, where the request said so.';

COMMENT ON COLUMN switchboard.closed_inquiry.csat IS 'The customer''s satisfaction, 1 to 5.';

COMMENT ON COLUMN switchboard.closed_inquiry.nps IS 'Whether the customer would recommend us, 0 to 10.';

COMMENT ON COLUMN switchboard.closed_inquiry.preferred IS 'The agent whom it is for, while it waits or is offered; NULL for anybody.';

COMMENT ON COLUMN switchboard.closed_inquiry.prefer IS 'What would be nice to have, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';

COMMENT ON COLUMN switchboard.closed_inquiry.comment IS 'Personal data: what the customer said when rating it.';

COMMENT ON COLUMN switchboard.closed_inquiry.stay IS 'In its queue: {"waited": microseconds it had waited before waiting_since, "steps": steps that have fired, "moves": how often it was moved by itself}; NULL for none of it.';

COMMENT ON COLUMN switchboard.closed_inquiry.parts IS 'What skills is made of, {"billing:3 rule:gold customers"}: skill, level, who requires it; NULL where the request is all of it.';

COMMENT ON COLUMN switchboard.closed_inquiry.policy IS 'The SLA policy that covers it; NULL for none.';

COMMENT ON COLUMN switchboard.closed_inquiry.policy_version IS 'The version of the plan that the policy is of.';

COMMENT ON COLUMN switchboard.closed_inquiry.clocks IS '{"assign": microseconds that it has run by the policy''s calendar, "assign.since": since when it runs besides (microseconds since 1970), "assign.on": 1 while it stands still, "assign.fired": thresholds that have fired, "assign.verdict": 1 met, 2 breached, …, "responded": 1 after the first response}; NULL where none was ever on.';

COMMENT ON COLUMN switchboard.closed_inquiry.failed IS 'Conditions that could not be evaluated when it was routed, {"rule:gold customers",policy:vip}; NULL for none.';

COMMENT ON COLUMN switchboard.closed_inquiry.responded IS 'It has had its first response since it came, or came back from its end.';

COMMENT ON COLUMN switchboard.closed_inquiry.reopened IS 'It has come back from its end.';

COMMENT ON COLUMN switchboard.closed_inquiry.worked IS 'Microseconds that agents had it since queued_at until they handed it on: no waiting. NULL for none.';

CREATE TABLE switchboard.inquiry (
    id bigint NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    state_since timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamp with time zone,
    accepted_at timestamp with time zone,
    closed_at timestamp with time zone,
    wrap_up_ends timestamp with time zone,
    excluded_at timestamp with time zone,
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
    decision_seq bigint,
    waiting_since timestamp with time zone,
    scheduled_at timestamp with time zone,
    hold_until timestamp with time zone,
    hold bigint,
    csat smallint,
    nps smallint,
    preferred text,
    prefer json,
    comment text,
    stay json,
    parts text[],
    policy text,
    policy_version integer,
    clocks json,
    failed text[],
    responded boolean DEFAULT false NOT NULL,
    reopened boolean DEFAULT false NOT NULL,
    worked bigint,
    CONSTRAINT inquiry_clocks CHECK (((clocks IS NULL) OR (policy IS NOT NULL))),
    CONSTRAINT inquiry_csat CHECK (((csat >= 1) AND (csat <= 5))),
    CONSTRAINT inquiry_decision_seq CHECK ((decision_seq > 0)),
    CONSTRAINT inquiry_excluded CHECK (((excluded IS NULL) OR ((excluded_at IS NOT NULL) AND ((cardinality(excluded) >= 1) AND (cardinality(excluded) <= 64))))),
    CONSTRAINT inquiry_hold CHECK ((hold >= 0)),
    CONSTRAINT inquiry_id CHECK ((id > 0)),
    CONSTRAINT inquiry_nps CHECK (((nps >= 0) AND (nps <= 10))),
    CONSTRAINT inquiry_outcome CHECK (((outcome IS NULL) OR ((outcome = ANY (ARRAY['resolved'::text, 'unresolved'::text])) AND (state = 'completed'::text)))),
    CONSTRAINT inquiry_passed CHECK (((passed IS NULL) OR ((cardinality(passed) >= 1) AND (cardinality(passed) <= 64)))),
    CONSTRAINT inquiry_policy CHECK (((policy IS NULL) = (policy_version IS NULL))),
    CONSTRAINT inquiry_priority CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT inquiry_state CHECK (
CASE state
    WHEN 'scheduled'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (scheduled_at IS NOT NULL))
    WHEN 'waiting'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL))
    WHEN 'offered'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NOT NULL) AND (closed_at IS NULL))
    WHEN 'assigned'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'held'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'completed'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NOT NULL) AND (accepted_at IS NOT NULL))
    WHEN 'abandoned'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'cancelled'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'expired'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    ELSE false
END),
    CONSTRAINT inquiry_worked CHECK ((worked > 0)),
    CONSTRAINT inquiry_wrap_up CHECK (((wrap_up_ends IS NULL) OR (state = 'completed'::text)))
)
WITH (fillfactor='50');

COMMENT ON TABLE switchboard.inquiry IS 'One row an inquiry that is live, or closed and not moved to "closed_inquiry" yet. An absent text is NULL, never empty.';

COMMENT ON COLUMN switchboard.inquiry.id IS 'Rises in order of submission; the site stands above bit 48.';

COMMENT ON COLUMN switchboard.inquiry.submitted_at IS 'By the engine''s clock, as all times of this table.';

COMMENT ON COLUMN switchboard.inquiry.state_since IS 'When it came into its state.';

COMMENT ON COLUMN switchboard.inquiry.queued_at IS 'The age that counts for its rank; declining, missing and withdrawing keep it.';

COMMENT ON COLUMN switchboard.inquiry.rank IS 'The virtual deadline, microseconds since 1970; the earliest is served first.';

COMMENT ON COLUMN switchboard.inquiry.offer_expires IS 'Until when its agent may accept; set while offered. An offer that stands still since a restart has what is left of it, counted from 1970-01-01.';

COMMENT ON COLUMN switchboard.inquiry.accepted_at IS 'When an agent took it, by accepting or by assignment.';

COMMENT ON COLUMN switchboard.inquiry.closed_at IS 'When it was completed, abandoned, cancelled or expired.';

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

COMMENT ON COLUMN switchboard.inquiry.decision_seq IS 'The number of the event that gave it to its agent, which says why; NULL before.';

COMMENT ON COLUMN switchboard.inquiry.waiting_since IS 'Since when it has waited in its queue, where that is not queued_at: it changed its queue, or came back from work.';

COMMENT ON COLUMN switchboard.inquiry.scheduled_at IS 'When it enters its queue; set while scheduled.';

COMMENT ON COLUMN switchboard.inquiry.hold_until IS 'Until when it waits for its preferred agent; set once it is in its queue.';

COMMENT ON COLUMN switchboard.inquiry.hold IS 'For how long it waits for its preferred agent, in microseconds, where the request said so.';

COMMENT ON COLUMN switchboard.inquiry.csat IS 'The customer''s satisfaction, 1 to 5.';

COMMENT ON COLUMN switchboard.inquiry.nps IS 'Whether the customer would recommend us, 0 to 10.';

COMMENT ON COLUMN switchboard.inquiry.preferred IS 'The agent whom it is for, while it waits or is offered; NULL for anybody.';

COMMENT ON COLUMN switchboard.inquiry.prefer IS 'What would be nice to have, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';

COMMENT ON COLUMN switchboard.inquiry.comment IS 'Personal data: what the customer said when rating it.';

COMMENT ON COLUMN switchboard.inquiry.stay IS 'In its queue: {"waited": microseconds it had waited before waiting_since, "steps": steps that have fired, "moves": how often it was moved by itself}; NULL for none of it.';

COMMENT ON COLUMN switchboard.inquiry.parts IS 'What skills is made of, {"billing:3 rule:gold customers"}: skill, level, who requires it; NULL where the request is all of it.';

COMMENT ON COLUMN switchboard.inquiry.policy IS 'The SLA policy that covers it; NULL for none.';

COMMENT ON COLUMN switchboard.inquiry.policy_version IS 'The version of the plan that the policy is of.';

COMMENT ON COLUMN switchboard.inquiry.clocks IS '{"assign": microseconds that it has run by the policy''s calendar, "assign.since": since when it runs besides (microseconds since 1970), "assign.on": 1 while it stands still, "assign.fired": thresholds that have fired, "assign.verdict": 1 met, 2 breached, …, "responded": 1 after the first response}; NULL where none was ever on.';

COMMENT ON COLUMN switchboard.inquiry.failed IS 'Conditions that could not be evaluated when it was routed, {"rule:gold customers",policy:vip}; NULL for none.';

COMMENT ON COLUMN switchboard.inquiry.responded IS 'It has had its first response since it came, or came back from its end.';

COMMENT ON COLUMN switchboard.inquiry.reopened IS 'It has come back from its end.';

COMMENT ON COLUMN switchboard.inquiry.worked IS 'Microseconds that agents had it since queued_at until they handed it on: no waiting. NULL for none.';

CREATE VIEW switchboard.all_inquiry AS
 SELECT inquiry.id,
    inquiry.submitted_at,
    inquiry.state_since,
    inquiry.queued_at,
    inquiry.rank,
    inquiry.offer_expires,
    inquiry.accepted_at,
    inquiry.closed_at,
    inquiry.wrap_up_ends,
    inquiry.excluded_at,
    inquiry.source,
    inquiry.priority,
    inquiry.state,
    inquiry.queue,
    inquiry.agent,
    inquiry.outcome,
    inquiry.excluded,
    inquiry.passed,
    inquiry.disposition,
    inquiry.channel,
    inquiry.skills,
    inquiry.key,
    inquiry.customer,
    inquiry.subject,
    inquiry.attrs,
    inquiry.decision_seq,
    inquiry.waiting_since,
    inquiry.scheduled_at,
    inquiry.hold_until,
    inquiry.hold,
    inquiry.csat,
    inquiry.nps,
    inquiry.preferred,
    inquiry.prefer,
    inquiry.comment,
    inquiry.stay,
    inquiry.parts,
    inquiry.policy,
    inquiry.policy_version,
    inquiry.clocks,
    inquiry.failed,
    inquiry.responded,
    inquiry.reopened,
    inquiry.worked
   FROM switchboard.inquiry
UNION ALL
 SELECT closed_inquiry.id,
    closed_inquiry.submitted_at,
    closed_inquiry.state_since,
    closed_inquiry.queued_at,
    closed_inquiry.rank,
    closed_inquiry.offer_expires,
    closed_inquiry.accepted_at,
    closed_inquiry.closed_at,
    closed_inquiry.wrap_up_ends,
    closed_inquiry.excluded_at,
    closed_inquiry.source,
    closed_inquiry.priority,
    closed_inquiry.state,
    closed_inquiry.queue,
    closed_inquiry.agent,
    closed_inquiry.outcome,
    closed_inquiry.excluded,
    closed_inquiry.passed,
    closed_inquiry.disposition,
    closed_inquiry.channel,
    closed_inquiry.skills,
    closed_inquiry.key,
    closed_inquiry.customer,
    closed_inquiry.subject,
    closed_inquiry.attrs,
    closed_inquiry.decision_seq,
    closed_inquiry.waiting_since,
    closed_inquiry.scheduled_at,
    closed_inquiry.hold_until,
    closed_inquiry.hold,
    closed_inquiry.csat,
    closed_inquiry.nps,
    closed_inquiry.preferred,
    closed_inquiry.prefer,
    closed_inquiry.comment,
    closed_inquiry.stay,
    closed_inquiry.parts,
    closed_inquiry.policy,
    closed_inquiry.policy_version,
    closed_inquiry.clocks,
    closed_inquiry.failed,
    closed_inquiry.responded,
    closed_inquiry.reopened,
    closed_inquiry.worked
   FROM switchboard.closed_inquiry;

COMMENT ON VIEW switchboard.all_inquiry IS 'Every inquiry that is kept, live or closed, once: for reports and look-ups.';

COMMENT ON COLUMN switchboard.all_inquiry.id IS 'Rises in order of submission; the site stands above bit 48.';

COMMENT ON COLUMN switchboard.all_inquiry.submitted_at IS 'By the engine''s clock, as all times of this table.';

COMMENT ON COLUMN switchboard.all_inquiry.state_since IS 'When it came into its state.';

COMMENT ON COLUMN switchboard.all_inquiry.queued_at IS 'The age that counts for its rank; declining, missing and withdrawing keep it.';

COMMENT ON COLUMN switchboard.all_inquiry.rank IS 'The virtual deadline, microseconds since 1970; the earliest is served first.';

COMMENT ON COLUMN switchboard.all_inquiry.offer_expires IS 'Until when its agent may accept; set while offered. An offer that stands still since a restart has what is left of it, counted from 1970-01-01.';

COMMENT ON COLUMN switchboard.all_inquiry.accepted_at IS 'When an agent took it, by accepting or by assignment.';

COMMENT ON COLUMN switchboard.all_inquiry.closed_at IS 'When it was completed, abandoned, cancelled or expired.';

COMMENT ON COLUMN switchboard.all_inquiry.wrap_up_ends IS 'Set while its agent''s slot is in wrap-up.';

COMMENT ON COLUMN switchboard.all_inquiry.excluded_at IS 'When the last exclusion was made.';

COMMENT ON COLUMN switchboard.all_inquiry.source IS 'The id of the token that submitted it.';

COMMENT ON COLUMN switchboard.all_inquiry.priority IS '-100 to 100, higher is more urgent.';

COMMENT ON COLUMN switchboard.all_inquiry.agent IS 'Offered to, assigned to, or who completed it.';

COMMENT ON COLUMN switchboard.all_inquiry.excluded IS 'Agents who declined or missed it, oldest first.';

COMMENT ON COLUMN switchboard.all_inquiry.passed IS 'Agents whose offer of it was withdrawn, oldest first: their late answer is told gone.';

COMMENT ON COLUMN switchboard.all_inquiry.disposition IS 'Why it was cancelled, or how it was completed; free text.';

COMMENT ON COLUMN switchboard.all_inquiry.skills IS 'What the request required, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';

COMMENT ON COLUMN switchboard.all_inquiry.key IS 'The submitter''s idempotency key.';

COMMENT ON COLUMN switchboard.all_inquiry.customer IS 'Personal data.';

COMMENT ON COLUMN switchboard.all_inquiry.subject IS 'Personal data.';

COMMENT ON COLUMN switchboard.all_inquiry.attrs IS 'Personal data: a JSON object, kept as it was submitted (json, so its bytes come back).';

COMMENT ON COLUMN switchboard.all_inquiry.decision_seq IS 'The number of the event that gave it to its agent, which says why; NULL before.';

COMMENT ON COLUMN switchboard.all_inquiry.waiting_since IS 'Since when it has waited in its queue, where that is not queued_at: it changed its queue, or came back from work.';

COMMENT ON COLUMN switchboard.all_inquiry.scheduled_at IS 'When it enters its queue; set while scheduled.';

COMMENT ON COLUMN switchboard.all_inquiry.hold_until IS 'Until when it waits for its preferred agent; set once it is in its queue.';

COMMENT ON COLUMN switchboard.all_inquiry.hold IS 'For how long it waits for its preferred agent, in microseconds, where the request said so.';

COMMENT ON COLUMN switchboard.all_inquiry.csat IS 'The customer''s satisfaction, 1 to 5.';

COMMENT ON COLUMN switchboard.all_inquiry.nps IS 'Whether the customer would recommend us, 0 to 10.';

COMMENT ON COLUMN switchboard.all_inquiry.preferred IS 'The agent whom it is for, while it waits or is offered; NULL for anybody.';

COMMENT ON COLUMN switchboard.all_inquiry.prefer IS 'What would be nice to have, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';

COMMENT ON COLUMN switchboard.all_inquiry.comment IS 'Personal data: what the customer said when rating it.';

COMMENT ON COLUMN switchboard.all_inquiry.stay IS 'In its queue: {"waited": microseconds it had waited before waiting_since, "steps": steps that have fired, "moves": how often it was moved by itself}; NULL for none of it.';

COMMENT ON COLUMN switchboard.all_inquiry.parts IS 'What skills is made of, {"billing:3 rule:gold customers"}: skill, level, who requires it; NULL where the request is all of it.';

COMMENT ON COLUMN switchboard.all_inquiry.policy IS 'The SLA policy that covers it; NULL for none.';

COMMENT ON COLUMN switchboard.all_inquiry.policy_version IS 'The version of the plan that the policy is of.';

COMMENT ON COLUMN switchboard.all_inquiry.clocks IS '{"assign": microseconds that it has run by the policy''s calendar, "assign.since": since when it runs besides (microseconds since 1970), "assign.on": 1 while it stands still, "assign.fired": thresholds that have fired, "assign.verdict": 1 met, 2 breached, …, "responded": 1 after the first response}; NULL where none was ever on.';

COMMENT ON COLUMN switchboard.all_inquiry.failed IS 'Conditions that could not be evaluated when it was routed, {"rule:gold customers",policy:vip}; NULL for none.';

COMMENT ON COLUMN switchboard.all_inquiry.responded IS 'It has had its first response since it came, or came back from its end.';

COMMENT ON COLUMN switchboard.all_inquiry.reopened IS 'It has come back from its end.';

COMMENT ON COLUMN switchboard.all_inquiry.worked IS 'Microseconds that agents had it since queued_at until they handed it on: no waiting. NULL for none.';

CREATE TABLE switchboard.closed_inquiry_default (
    id bigint NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    state_since timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamp with time zone,
    accepted_at timestamp with time zone,
    closed_at timestamp with time zone NOT NULL,
    wrap_up_ends timestamp with time zone,
    excluded_at timestamp with time zone,
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
    decision_seq bigint,
    waiting_since timestamp with time zone,
    scheduled_at timestamp with time zone,
    hold_until timestamp with time zone,
    hold bigint,
    csat smallint,
    nps smallint,
    preferred text,
    prefer json,
    comment text,
    stay json,
    parts text[],
    policy text,
    policy_version integer,
    clocks json,
    failed text[],
    responded boolean DEFAULT false NOT NULL,
    reopened boolean DEFAULT false NOT NULL,
    worked bigint,
    CONSTRAINT closed_inquiry_ended CHECK ((wrap_up_ends IS NULL)),
    CONSTRAINT inquiry_clocks CHECK (((clocks IS NULL) OR (policy IS NOT NULL))),
    CONSTRAINT inquiry_csat CHECK (((csat >= 1) AND (csat <= 5))),
    CONSTRAINT inquiry_decision_seq CHECK ((decision_seq > 0)),
    CONSTRAINT inquiry_excluded CHECK (((excluded IS NULL) OR ((excluded_at IS NOT NULL) AND ((cardinality(excluded) >= 1) AND (cardinality(excluded) <= 64))))),
    CONSTRAINT inquiry_hold CHECK ((hold >= 0)),
    CONSTRAINT inquiry_id CHECK ((id > 0)),
    CONSTRAINT inquiry_nps CHECK (((nps >= 0) AND (nps <= 10))),
    CONSTRAINT inquiry_outcome CHECK (((outcome IS NULL) OR ((outcome = ANY (ARRAY['resolved'::text, 'unresolved'::text])) AND (state = 'completed'::text)))),
    CONSTRAINT inquiry_passed CHECK (((passed IS NULL) OR ((cardinality(passed) >= 1) AND (cardinality(passed) <= 64)))),
    CONSTRAINT inquiry_policy CHECK (((policy IS NULL) = (policy_version IS NULL))),
    CONSTRAINT inquiry_priority CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT inquiry_state CHECK (
CASE state
    WHEN 'scheduled'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (scheduled_at IS NOT NULL))
    WHEN 'waiting'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL))
    WHEN 'offered'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NOT NULL) AND (closed_at IS NULL))
    WHEN 'assigned'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'held'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'completed'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NOT NULL) AND (accepted_at IS NOT NULL))
    WHEN 'abandoned'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'cancelled'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'expired'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    ELSE false
END),
    CONSTRAINT inquiry_wrap_up CHECK (((wrap_up_ends IS NULL) OR (state = 'completed'::text)))
);

COMMENT ON TABLE switchboard.closed_inquiry_default IS 'Inquiries of months that nobody made a partition for; should be empty.';

CREATE TABLE switchboard.event (
    at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    inquiry bigint,
    site smallint NOT NULL,
    type text NOT NULL,
    agent text,
    queue text,
    details json,
    CONSTRAINT event_seq CHECK ((seq > 0))
)
PARTITION BY RANGE (at);

COMMENT ON TABLE switchboard.event IS 'The event log: ids and inputs, no personal data. A month a partition.';

COMMENT ON COLUMN switchboard.event.at IS 'By the engine''s clock.';

COMMENT ON COLUMN switchboard.event.seq IS 'Rises by one in commit order, without gaps, for each site.';

COMMENT ON COLUMN switchboard.event.inquiry IS 'NULL where the event is about no inquiry.';

COMMENT ON COLUMN switchboard.event.details IS 'In the words of the line protocol: times RFC 3339, durations as "1m30s", levels and limits as objects; NULL for nothing.';

CREATE TABLE switchboard.event_default (
    at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    inquiry bigint,
    site smallint NOT NULL,
    type text NOT NULL,
    agent text,
    queue text,
    details json,
    CONSTRAINT event_seq CHECK ((seq > 0))
);

COMMENT ON TABLE switchboard.event_default IS 'Events of months that nobody made a partition for; should be empty.';

CREATE TABLE switchboard.figure (
    at timestamp with time zone NOT NULL,
    entered bigint NOT NULL,
    offered bigint NOT NULL,
    accepted bigint NOT NULL,
    accepted_in_target bigint NOT NULL,
    abandoned bigint NOT NULL,
    abandoned_after_target bigint NOT NULL,
    abandoned_short bigint NOT NULL,
    expired bigint NOT NULL,
    cancelled bigint NOT NULL,
    declined bigint NOT NULL,
    missed bigint NOT NULL,
    completed bigint NOT NULL,
    reopened bigint NOT NULL,
    responded bigint NOT NULL,
    csat_rated bigint NOT NULL,
    csat_good bigint NOT NULL,
    nps_rated bigint NOT NULL,
    nps_promoters bigint NOT NULL,
    nps_detractors bigint NOT NULL,
    waited bigint NOT NULL,
    waited_late bigint NOT NULL,
    waited_longest bigint NOT NULL,
    response_took bigint NOT NULL,
    handled bigint NOT NULL,
    wrap_up_took bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE switchboard.figure IS 'What happened in a quarter of an hour in one queue on one channel. Each thing counts where and when it happened: an inquiry that is moved is accepted where it is then.';

COMMENT ON COLUMN switchboard.figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';

COMMENT ON COLUMN switchboard.figure.entered IS 'Came into the queue: submitted, due, moved there, or reopened.';

COMMENT ON COLUMN switchboard.figure.offered IS 'Offers made.';

COMMENT ON COLUMN switchboard.figure.accepted IS 'Taken by an agent: an offer accepted, or assigned without one.';

COMMENT ON COLUMN switchboard.figure.accepted_in_target IS 'Of the accepted, those that had waited no longer than the target of their queue, or else of their channel, as the plan had it then.';

COMMENT ON COLUMN switchboard.figure.abandoned IS 'The customer left before an agent took it.';

COMMENT ON COLUMN switchboard.figure.abandoned_after_target IS 'Of the abandoned, those that had waited longer than the target.';

COMMENT ON COLUMN switchboard.figure.abandoned_short IS 'Of the abandoned, those that had waited less than 5 s.';

COMMENT ON COLUMN switchboard.figure.expired IS 'Ended by waiting too long: max_age, or a step.';

COMMENT ON COLUMN switchboard.figure.cancelled IS 'Taken back by whoever submitted it.';

COMMENT ON COLUMN switchboard.figure.declined IS 'Offers that an agent declined.';

COMMENT ON COLUMN switchboard.figure.missed IS 'Offers that ran out.';

COMMENT ON COLUMN switchboard.figure.completed IS 'Completed by an agent. One that is reopened and completed again counts again.';

COMMENT ON COLUMN switchboard.figure.reopened IS 'Completed ones that a customer''s message brought back.';

COMMENT ON COLUMN switchboard.figure.responded IS 'Had their first response: acceptance where the channel is live, else the agent''s first message. Once a cycle.';

COMMENT ON COLUMN switchboard.figure.csat_rated IS 'Inquiries with a CSAT mark; a later mark of the same inquiry takes the earlier one back.';

COMMENT ON COLUMN switchboard.figure.csat_good IS 'Of these, marks of 4 and 5.';

COMMENT ON COLUMN switchboard.figure.nps_rated IS 'Inquiries with an NPS mark; a later mark takes the earlier one back.';

COMMENT ON COLUMN switchboard.figure.nps_promoters IS 'Of these, marks of 9 and 10.';

COMMENT ON COLUMN switchboard.figure.nps_detractors IS 'Of these, marks of 0 to 6.';

COMMENT ON COLUMN switchboard.figure.waited IS 'Microseconds from "queued" to acceptance, of the accepted, without the work of agents who handed it on.';

COMMENT ON COLUMN switchboard.figure.waited_late IS 'Microseconds of these beyond the target.';

COMMENT ON COLUMN switchboard.figure.waited_longest IS 'Microseconds of the longest of these waits.';

COMMENT ON COLUMN switchboard.figure.response_took IS 'Microseconds from "queued" to the first response.';

COMMENT ON COLUMN switchboard.figure.handled IS 'Microseconds from acceptance to completion, or to being handed on (transferred, requeued), held time with it.';

COMMENT ON COLUMN switchboard.figure.wrap_up_took IS 'Microseconds from completion to the end of the wrap-up.';

COMMENT ON COLUMN switchboard.figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.figure.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.figure.channel IS 'The channel.';

CREATE TABLE switchboard.inquiry_key (
    at timestamp with time zone NOT NULL,
    inquiry bigint NOT NULL,
    fingerprint uuid NOT NULL,
    request uuid NOT NULL,
    CONSTRAINT inquiry_key_inquiry CHECK ((inquiry > 0))
);

COMMENT ON TABLE switchboard.inquiry_key IS 'Idempotency keys within the key window: which request of which source made which inquiry.';

COMMENT ON COLUMN switchboard.inquiry_key.at IS 'When it was used, by the engine''s clock; older than the key window, it may be used anew.';

COMMENT ON COLUMN switchboard.inquiry_key.fingerprint IS '128-bit digest of source and key.';

COMMENT ON COLUMN switchboard.inquiry_key.request IS '128-bit digest of all fields of the request.';

CREATE TABLE switchboard.migration (
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    CONSTRAINT migration_checksum CHECK ((checksum ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT migration_number CHECK ((number > 0))
);

COMMENT ON TABLE switchboard.migration IS 'The schema files that were applied, each once, in order of number.';

COMMENT ON COLUMN switchboard.migration.checksum IS 'SHA-256 of the file''s bytes, in hexadecimal.';

CREATE TABLE switchboard.span_figure (
    n bigint NOT NULL,
    day date NOT NULL,
    bucket smallint NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL,
    span text NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE switchboard.span_figure IS 'Histograms of a day: how many spans fell into which bucket. Those of several queues or days add up, and percentiles are told of the sum. Of the day and not of the quarter, since in a quarter few buckets hold more than one.';

COMMENT ON COLUMN switchboard.span_figure.n IS 'How many.';

COMMENT ON COLUMN switchboard.span_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.span_figure.bucket IS 'A millisecond each up to 64 ms, then 32 for each doubling; span_of() tells its middle, which is wrong by 1.6% at most.';

COMMENT ON COLUMN switchboard.span_figure.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.span_figure.channel IS 'The channel.';

COMMENT ON COLUMN switchboard.span_figure.span IS 'wait: of the accepted, from "queued", without the work of agents who handed it on; response: to the first response; handle: of the completed, talk and held time of all agents who had it, and the wrap-up; assign, first_response, next_response, resolution: what the clock of that promise had run when it was answered.';

CREATE VIEW switchboard.open_span AS
 WITH scope AS (
         SELECT span_figure.day,
            span_figure.queue,
            span_figure.channel,
            span_figure.span,
            span_figure.bucket,
            span_figure.n
           FROM switchboard.span_figure
        UNION ALL
         SELECT span_figure.day,
            span_figure.queue,
            NULL::text,
            span_figure.span,
            span_figure.bucket,
            (sum(span_figure.n))::bigint AS sum
           FROM switchboard.span_figure
          GROUP BY span_figure.day, span_figure.queue, span_figure.span, span_figure.bucket
        UNION ALL
         SELECT span_figure.day,
            NULL::text,
            NULL::text,
            span_figure.span,
            span_figure.bucket,
            (sum(span_figure.n))::bigint AS sum
           FROM switchboard.span_figure
          GROUP BY span_figure.day, span_figure.span, span_figure.bucket
        ), running AS (
         SELECT scope.day,
            scope.queue,
            scope.channel,
            scope.span,
            scope.bucket,
            (sum(scope.n) OVER (PARTITION BY scope.day, scope.queue, scope.channel, scope.span ORDER BY scope.bucket ROWS UNBOUNDED PRECEDING))::bigint AS upto
           FROM scope
        ), histogram AS (
         SELECT running.day,
            running.queue,
            running.channel,
            running.span,
            max(running.upto) AS n,
            array_agg(running.bucket) AS buckets,
            array_agg(running.upto) AS uptos
           FROM running
          GROUP BY running.day, running.queue, running.channel, running.span
        )
 SELECT histogram.day,
    histogram.queue,
    histogram.channel,
    histogram.span,
    histogram.n,
    switchboard.seconds((switchboard.span_of(switchboard.bucket_at(0.50, histogram.n, histogram.buckets, histogram.uptos)))::numeric) AS p50,
    switchboard.seconds((switchboard.span_of(switchboard.bucket_at(0.95, histogram.n, histogram.buckets, histogram.uptos)))::numeric) AS p95,
    switchboard.seconds((switchboard.span_of(switchboard.bucket_at(0.99, histogram.n, histogram.buckets, histogram.uptos)))::numeric) AS p99
   FROM histogram;

COMMENT ON VIEW switchboard.open_span IS 'What report_span says, told of the histograms now: work for each bucket of each day that is asked for.';

COMMENT ON COLUMN switchboard.open_span.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.open_span.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.open_span.channel IS 'The channel.';

COMMENT ON COLUMN switchboard.open_span.span IS 'wait: of the accepted, from "queued"; response: to the first response; handle: from acceptance to completion, and the wrap-up; assign, first_response, next_response, resolution: what the clock of that promise had run when it was answered.';

COMMENT ON COLUMN switchboard.open_span.n IS 'How many.';

COMMENT ON COLUMN switchboard.open_span.p50 IS 'Median, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.open_span.p95 IS '95th percentile, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.open_span.p99 IS '99th percentile, in seconds, to 1.6%.';

CREATE TABLE switchboard.promise_figure (
    at timestamp with time zone NOT NULL,
    met bigint NOT NULL,
    breached bigint NOT NULL,
    late bigint NOT NULL,
    lateness bigint NOT NULL,
    longest bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL,
    policy text NOT NULL,
    metric text NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE switchboard.promise_figure IS 'How the promises of SLA policies were kept in a quarter of an hour. One is counted when it is known: met when it is answered in time, breached when its target passes. What ends unanswered before its target counts in neither.';

COMMENT ON COLUMN switchboard.promise_figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';

COMMENT ON COLUMN switchboard.promise_figure.met IS 'Answered in time.';

COMMENT ON COLUMN switchboard.promise_figure.breached IS 'Not answered when the target passed.';

COMMENT ON COLUMN switchboard.promise_figure.late IS 'Of the breached, whenever that was, those that were answered now.';

COMMENT ON COLUMN switchboard.promise_figure.lateness IS 'Microseconds by which these were late, by the policy''s calendar.';

COMMENT ON COLUMN switchboard.promise_figure.longest IS 'Microseconds that the slowest of all that were answered now took, by the policy''s calendar.';

COMMENT ON COLUMN switchboard.promise_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.promise_figure.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.promise_figure.channel IS 'The channel.';

COMMENT ON COLUMN switchboard.promise_figure.policy IS 'The SLA policy.';

COMMENT ON COLUMN switchboard.promise_figure.metric IS 'What was promised: assign, first_response, next_response or resolution.';

CREATE VIEW switchboard.report_agent AS
 SELECT f.day,
    f.agent,
    switchboard.seconds(sum(f.idle)) AS idle,
    switchboard.seconds(sum(f.busy)) AS busy,
    switchboard.seconds(sum(f.wrap_up)) AS wrap_up,
    switchboard.seconds(sum(f.away)) AS away,
    switchboard.share(sum((f.busy + f.wrap_up)), sum(((f.busy + f.wrap_up) + f.idle))) AS occupancy,
    sum(f.accepted) AS accepted,
    sum(f.assigned) AS assigned,
    sum(f.declined) AS declined,
    sum(f.missed) AS missed,
    sum(f.completed) AS completed,
    switchboard.share((sum(f.missed))::numeric, (sum(((f.accepted + f.declined) + f.missed)))::numeric) AS rona,
    switchboard.seconds((sum((f.handled + f.wrap_up_took)) / (NULLIF(sum(f.completed), 0))::numeric)) AS aht
   FROM switchboard.all_agent_figure f
  GROUP BY f.day, f.agent;

COMMENT ON VIEW switchboard.report_agent IS 'What each agent did each day. Today''s goes up to the agent''s last change of activity, or the last full quarter of an hour.';

COMMENT ON COLUMN switchboard.report_agent.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.report_agent.agent IS 'The agent''s id.';

COMMENT ON COLUMN switchboard.report_agent.idle IS 'Seconds ready and without work.';

COMMENT ON COLUMN switchboard.report_agent.busy IS 'Seconds with assigned work, or held work that takes room.';

COMMENT ON COLUMN switchboard.report_agent.wrap_up IS 'Seconds with nothing but wrap-ups.';

COMMENT ON COLUMN switchboard.report_agent.away IS 'Seconds away, and without work.';

COMMENT ON COLUMN switchboard.report_agent.occupancy IS '(Busy + wrap-up) ÷ (busy + wrap-up + idle).';

COMMENT ON COLUMN switchboard.report_agent.accepted IS 'Offers accepted.';

COMMENT ON COLUMN switchboard.report_agent.assigned IS 'Taken without an offer.';

COMMENT ON COLUMN switchboard.report_agent.declined IS 'Offers declined.';

COMMENT ON COLUMN switchboard.report_agent.missed IS 'Offers that ran out.';

COMMENT ON COLUMN switchboard.report_agent.completed IS 'Completed inquiries; one that is reopened and completed again counts again.';

COMMENT ON COLUMN switchboard.report_agent.rona IS 'Offers missed ÷ offers that the agent accepted, declined or missed.';

COMMENT ON COLUMN switchboard.report_agent.aht IS 'Average handle time: talk, hold and wrap-up, also of what was handed on, ÷ completed, in seconds; work side by side counts side by side.';

CREATE VIEW switchboard.report_interval AS
 SELECT f.at,
    f.day,
    f.queue,
    f.channel,
    f.entered,
    f.offered,
    f.accepted,
    f.accepted_in_target,
    f.abandoned,
    f.abandoned_after_target,
    f.abandoned_short,
    f.expired,
    f.cancelled,
    f.declined,
    f.missed,
    f.completed,
    f.reopened,
    f.responded,
    f.csat_rated,
    f.nps_rated,
    switchboard.share((f.accepted_in_target)::numeric, ((f.accepted + f.abandoned_after_target))::numeric) AS service_level,
    switchboard.share((f.accepted_in_target)::numeric, (f.accepted)::numeric) AS service_level_of_accepted,
    switchboard.share((f.accepted_in_target)::numeric, (f.entered)::numeric) AS service_level_of_entered,
    switchboard.share((f.abandoned)::numeric, ((f.accepted + f.abandoned))::numeric) AS abandonment,
    switchboard.share((f.missed)::numeric, (f.offered)::numeric) AS rona,
    switchboard.seconds(((f.waited / NULLIF(f.accepted, 0)))::numeric) AS asa,
    switchboard.seconds(((f.waited_late / NULLIF((f.accepted - f.accepted_in_target), 0)))::numeric) AS late,
    switchboard.seconds((f.waited_longest)::numeric) AS longest,
    switchboard.seconds(((f.response_took / NULLIF(f.responded, 0)))::numeric) AS frt,
    switchboard.seconds((((f.handled + f.wrap_up_took) / NULLIF(f.completed, 0)))::numeric) AS aht,
    switchboard.seconds(((f.wrap_up_took / NULLIF(f.completed, 0)))::numeric) AS acw,
    switchboard.share((GREATEST((0)::bigint, LEAST(f.csat_good, f.csat_rated)))::numeric, (f.csat_rated)::numeric) AS csat,
    switchboard.share((GREATEST((- f.nps_rated), LEAST((f.nps_promoters - f.nps_detractors), f.nps_rated)))::numeric, (f.nps_rated)::numeric) AS nps
   FROM switchboard.figure f;

COMMENT ON VIEW switchboard.report_interval IS 'Figures of each quarter of an hour by queue and channel; counts are those of "figure". Percentiles are told of days (report_queue).';

COMMENT ON COLUMN switchboard.report_interval.at IS 'The start of the quarter of an hour, by the engine''s clock.';

COMMENT ON COLUMN switchboard.report_interval.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.report_interval.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.report_interval.channel IS 'The channel.';

COMMENT ON COLUMN switchboard.report_interval.entered IS 'Came into the queue: submitted, due, moved there, or reopened.';

COMMENT ON COLUMN switchboard.report_interval.offered IS 'Offers made.';

COMMENT ON COLUMN switchboard.report_interval.accepted IS 'Taken by an agent: an offer accepted, or assigned without one.';

COMMENT ON COLUMN switchboard.report_interval.accepted_in_target IS 'Of the accepted, those that had waited no longer than the target of their queue, or else of their channel, as the plan had it then.';

COMMENT ON COLUMN switchboard.report_interval.abandoned IS 'The customer left before an agent took it.';

COMMENT ON COLUMN switchboard.report_interval.abandoned_after_target IS 'Of the abandoned, those that had waited longer than the target.';

COMMENT ON COLUMN switchboard.report_interval.abandoned_short IS 'Of the abandoned, those that had waited less than 5 s.';

COMMENT ON COLUMN switchboard.report_interval.expired IS 'Ended by waiting too long: max_age, or a step.';

COMMENT ON COLUMN switchboard.report_interval.cancelled IS 'Taken back by whoever submitted it.';

COMMENT ON COLUMN switchboard.report_interval.declined IS 'Offers that an agent declined.';

COMMENT ON COLUMN switchboard.report_interval.missed IS 'Offers that ran out.';

COMMENT ON COLUMN switchboard.report_interval.completed IS 'Completed by an agent. One that is reopened and completed again counts again.';

COMMENT ON COLUMN switchboard.report_interval.reopened IS 'Completed ones that a customer''s message brought back.';

COMMENT ON COLUMN switchboard.report_interval.responded IS 'Had their first response: acceptance where the channel is live, else the agent''s first message. Once a cycle.';

COMMENT ON COLUMN switchboard.report_interval.csat_rated IS 'Inquiries with a CSAT mark; a later mark of the same inquiry takes the earlier one back.';

COMMENT ON COLUMN switchboard.report_interval.nps_rated IS 'Inquiries with an NPS mark; a later mark takes the earlier one back.';

COMMENT ON COLUMN switchboard.report_interval.service_level IS 'Accepted within the target ÷ (accepted + abandoned after the target).';

COMMENT ON COLUMN switchboard.report_interval.service_level_of_accepted IS 'Accepted within the target ÷ accepted.';

COMMENT ON COLUMN switchboard.report_interval.service_level_of_entered IS 'Accepted within the target ÷ entered.';

COMMENT ON COLUMN switchboard.report_interval.abandonment IS 'Abandoned ÷ (accepted + abandoned).';

COMMENT ON COLUMN switchboard.report_interval.rona IS 'Offers missed ÷ offers made (redirected on no answer).';

COMMENT ON COLUMN switchboard.report_interval.asa IS 'Average speed of answer: mean wait of the accepted, from "queued" without the work of agents who handed it on, in seconds.';

COMMENT ON COLUMN switchboard.report_interval.late IS 'Of the accepted that had waited beyond the target, by how much in the mean, in seconds.';

COMMENT ON COLUMN switchboard.report_interval.longest IS 'The longest wait of an accepted one, in seconds.';

COMMENT ON COLUMN switchboard.report_interval.frt IS 'First response time: mean from "queued" to the first response, in seconds.';

COMMENT ON COLUMN switchboard.report_interval.aht IS 'Average handle time: talk, hold and wrap-up, also of agents who handed it on, ÷ completed, in seconds.';

COMMENT ON COLUMN switchboard.report_interval.acw IS 'After-call work: wrap-up ÷ completed, in seconds.';

COMMENT ON COLUMN switchboard.report_interval.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark, within 0 and 1 also where a mark of another time is taken back.';

COMMENT ON COLUMN switchboard.report_interval.nps IS 'Share of marks 9 and 10 less that of 0 to 6, of inquiries with an NPS mark: −1 to 1.';

CREATE TABLE switchboard.report_kept (
    until timestamp with time zone NOT NULL,
    day date NOT NULL,
    report text NOT NULL,
    CONSTRAINT report_kept_report CHECK ((report = ANY (ARRAY['span'::text, 'resolution'::text])))
);

COMMENT ON TABLE switchboard.report_kept IS 'How far a report is kept as rows (keep_spans, keep_resolution).';

COMMENT ON COLUMN switchboard.report_kept.until IS 'Where what is kept ends; of resolution, that of a part of the next day too.';

COMMENT ON COLUMN switchboard.report_kept.day IS 'The last day of which it is kept whole.';

CREATE TABLE switchboard.span_day (
    n bigint NOT NULL,
    day date NOT NULL,
    queue text,
    channel text,
    span text NOT NULL,
    p50 numeric NOT NULL,
    p95 numeric NOT NULL,
    p99 numeric NOT NULL
);

COMMENT ON TABLE switchboard.span_day IS 'Rows of report_span of days that are kept.';

CREATE VIEW switchboard.report_span AS
 SELECT span_day.day,
    span_day.queue,
    span_day.channel,
    span_day.span,
    span_day.n,
    span_day.p50,
    span_day.p95,
    span_day.p99
   FROM switchboard.span_day
UNION ALL
 SELECT open_span.day,
    open_span.queue,
    open_span.channel,
    open_span.span,
    open_span.n,
    open_span.p50,
    open_span.p95,
    open_span.p99
   FROM switchboard.open_span
  WHERE ((open_span.day > COALESCE(( SELECT k.day
           FROM switchboard.report_kept k
          WHERE (k.report = 'span'::text)), '-infinity'::date)) AND (open_span.day <= COALESCE(( SELECT max(f.day) AS max
           FROM switchboard.span_figure f), 'infinity'::date)));

COMMENT ON VIEW switchboard.report_span IS 'Percentiles of a day in seconds, by nearest rank, to 1.6%. Rows without a channel are of all channels of the queue, those without a queue of everything.';

COMMENT ON COLUMN switchboard.report_span.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.report_span.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.report_span.channel IS 'The channel.';

COMMENT ON COLUMN switchboard.report_span.span IS 'wait: of the accepted, from "queued"; response: to the first response; handle: from acceptance to completion, and the wrap-up; assign, first_response, next_response, resolution: what the clock of that promise had run when it was answered.';

COMMENT ON COLUMN switchboard.report_span.n IS 'How many.';

COMMENT ON COLUMN switchboard.report_span.p50 IS 'Median, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_span.p95 IS '95th percentile, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_span.p99 IS '99th percentile, in seconds, to 1.6%.';

CREATE VIEW switchboard.report_queue AS
 WITH scope AS (
         SELECT f.day,
            s_1.queue,
            s_1.channel,
            sum(f.entered) AS entered,
            sum(f.offered) AS offered,
            sum(f.accepted) AS accepted,
            sum(f.accepted_in_target) AS accepted_in_target,
            sum(f.abandoned) AS abandoned,
            sum(f.abandoned_after_target) AS abandoned_after_target,
            sum(f.abandoned_short) AS abandoned_short,
            sum(f.expired) AS expired,
            sum(f.cancelled) AS cancelled,
            sum(f.declined) AS declined,
            sum(f.missed) AS missed,
            sum(f.completed) AS completed,
            sum(f.reopened) AS reopened,
            sum(f.responded) AS responded,
            sum(f.csat_rated) AS csat_rated,
            sum(f.csat_good) AS csat_good,
            sum(f.nps_rated) AS nps_rated,
            sum(f.nps_promoters) AS nps_promoters,
            sum(f.nps_detractors) AS nps_detractors,
            sum(f.waited) AS waited,
            sum(f.waited_late) AS waited_late,
            max(f.waited_longest) AS waited_longest,
            sum(f.response_took) AS response_took,
            sum(f.handled) AS handled,
            sum(f.wrap_up_took) AS wrap_up_took
           FROM (switchboard.figure f
             CROSS JOIN LATERAL ( VALUES (f.queue,f.channel), (f.queue,NULL::text), (NULL::text,NULL::text)) s_1(queue, channel))
          GROUP BY f.day, s_1.queue, s_1.channel
        )
 SELECT s.day,
    s.queue,
    s.channel,
    (s.entered)::bigint AS entered,
    (s.offered)::bigint AS offered,
    (s.accepted)::bigint AS accepted,
    (s.accepted_in_target)::bigint AS accepted_in_target,
    (s.abandoned)::bigint AS abandoned,
    (s.abandoned_after_target)::bigint AS abandoned_after_target,
    (s.abandoned_short)::bigint AS abandoned_short,
    (s.expired)::bigint AS expired,
    (s.cancelled)::bigint AS cancelled,
    (s.declined)::bigint AS declined,
    (s.missed)::bigint AS missed,
    (s.completed)::bigint AS completed,
    (s.reopened)::bigint AS reopened,
    (s.responded)::bigint AS responded,
    (s.csat_rated)::bigint AS csat_rated,
    (s.nps_rated)::bigint AS nps_rated,
    switchboard.share(s.accepted_in_target, (s.accepted + s.abandoned_after_target)) AS service_level,
    switchboard.share(s.accepted_in_target, s.accepted) AS service_level_of_accepted,
    switchboard.share(s.accepted_in_target, s.entered) AS service_level_of_entered,
    switchboard.share(s.abandoned, (s.accepted + s.abandoned)) AS abandonment,
    switchboard.share(s.missed, s.offered) AS rona,
    switchboard.seconds((s.waited / NULLIF(s.accepted, (0)::numeric))) AS asa,
    switchboard.seconds((s.waited_late / NULLIF((s.accepted - s.accepted_in_target), (0)::numeric))) AS late,
    switchboard.seconds((s.waited_longest)::numeric) AS longest,
    switchboard.seconds((s.response_took / NULLIF(s.responded, (0)::numeric))) AS frt,
    switchboard.seconds(((s.handled + s.wrap_up_took) / NULLIF(s.completed, (0)::numeric))) AS aht,
    switchboard.seconds((s.wrap_up_took / NULLIF(s.completed, (0)::numeric))) AS acw,
    switchboard.share(GREATEST((0)::numeric, LEAST(s.csat_good, s.csat_rated)), s.csat_rated) AS csat,
    switchboard.share(GREATEST((- s.nps_rated), LEAST((s.nps_promoters - s.nps_detractors), s.nps_rated)), s.nps_rated) AS nps,
    p.p50,
    p.p95,
    p.p99,
    p.frt_p50,
    p.frt_p95,
    p.frt_p99,
    p.handle_p50,
    p.handle_p95,
    p.handle_p99
   FROM (scope s
     LEFT JOIN ( SELECT report_span.day,
            report_span.queue,
            report_span.channel,
            max(report_span.p50) FILTER (WHERE (report_span.span = 'wait'::text)) AS p50,
            max(report_span.p95) FILTER (WHERE (report_span.span = 'wait'::text)) AS p95,
            max(report_span.p99) FILTER (WHERE (report_span.span = 'wait'::text)) AS p99,
            max(report_span.p50) FILTER (WHERE (report_span.span = 'response'::text)) AS frt_p50,
            max(report_span.p95) FILTER (WHERE (report_span.span = 'response'::text)) AS frt_p95,
            max(report_span.p99) FILTER (WHERE (report_span.span = 'response'::text)) AS frt_p99,
            max(report_span.p50) FILTER (WHERE (report_span.span = 'handle'::text)) AS handle_p50,
            max(report_span.p95) FILTER (WHERE (report_span.span = 'handle'::text)) AS handle_p95,
            max(report_span.p99) FILTER (WHERE (report_span.span = 'handle'::text)) AS handle_p99
           FROM switchboard.report_span
          WHERE (report_span.span = ANY (ARRAY['wait'::text, 'response'::text, 'handle'::text]))
          GROUP BY report_span.day, report_span.queue, report_span.channel) p ON (((p.day = s.day) AND (COALESCE(p.queue, ''::text) = COALESCE(s.queue, ''::text)) AND (COALESCE(p.channel, ''::text) = COALESCE(s.channel, ''::text)))));

COMMENT ON VIEW switchboard.report_queue IS 'Figures of each day by queue and channel; counts are those of "figure". Rows without a channel are of all channels of the queue, those without a queue of everything.';

COMMENT ON COLUMN switchboard.report_queue.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.report_queue.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.report_queue.channel IS 'The channel.';

COMMENT ON COLUMN switchboard.report_queue.entered IS 'Came into the queue: submitted, due, moved there, or reopened.';

COMMENT ON COLUMN switchboard.report_queue.offered IS 'Offers made.';

COMMENT ON COLUMN switchboard.report_queue.accepted IS 'Taken by an agent: an offer accepted, or assigned without one.';

COMMENT ON COLUMN switchboard.report_queue.accepted_in_target IS 'Of the accepted, those that had waited no longer than the target of their queue, or else of their channel, as the plan had it then.';

COMMENT ON COLUMN switchboard.report_queue.abandoned IS 'The customer left before an agent took it.';

COMMENT ON COLUMN switchboard.report_queue.abandoned_after_target IS 'Of the abandoned, those that had waited longer than the target.';

COMMENT ON COLUMN switchboard.report_queue.abandoned_short IS 'Of the abandoned, those that had waited less than 5 s.';

COMMENT ON COLUMN switchboard.report_queue.expired IS 'Ended by waiting too long: max_age, or a step.';

COMMENT ON COLUMN switchboard.report_queue.cancelled IS 'Taken back by whoever submitted it.';

COMMENT ON COLUMN switchboard.report_queue.declined IS 'Offers that an agent declined.';

COMMENT ON COLUMN switchboard.report_queue.missed IS 'Offers that ran out.';

COMMENT ON COLUMN switchboard.report_queue.completed IS 'Completed by an agent. One that is reopened and completed again counts again.';

COMMENT ON COLUMN switchboard.report_queue.reopened IS 'Completed ones that a customer''s message brought back.';

COMMENT ON COLUMN switchboard.report_queue.responded IS 'Had their first response: acceptance where the channel is live, else the agent''s first message. Once a cycle.';

COMMENT ON COLUMN switchboard.report_queue.csat_rated IS 'Inquiries with a CSAT mark; a later mark of the same inquiry takes the earlier one back.';

COMMENT ON COLUMN switchboard.report_queue.nps_rated IS 'Inquiries with an NPS mark; a later mark takes the earlier one back.';

COMMENT ON COLUMN switchboard.report_queue.service_level IS 'Accepted within the target ÷ (accepted + abandoned after the target).';

COMMENT ON COLUMN switchboard.report_queue.service_level_of_accepted IS 'Accepted within the target ÷ accepted.';

COMMENT ON COLUMN switchboard.report_queue.service_level_of_entered IS 'Accepted within the target ÷ entered.';

COMMENT ON COLUMN switchboard.report_queue.abandonment IS 'Abandoned ÷ (accepted + abandoned).';

COMMENT ON COLUMN switchboard.report_queue.rona IS 'Offers missed ÷ offers made (redirected on no answer).';

COMMENT ON COLUMN switchboard.report_queue.asa IS 'Average speed of answer: mean wait of the accepted, from "queued" without the work of agents who handed it on, in seconds.';

COMMENT ON COLUMN switchboard.report_queue.late IS 'Of the accepted that had waited beyond the target, by how much in the mean, in seconds.';

COMMENT ON COLUMN switchboard.report_queue.longest IS 'The longest wait of an accepted one, in seconds.';

COMMENT ON COLUMN switchboard.report_queue.frt IS 'First response time: mean from "queued" to the first response, in seconds.';

COMMENT ON COLUMN switchboard.report_queue.aht IS 'Average handle time: talk, hold and wrap-up, also of agents who handed it on, ÷ completed, in seconds.';

COMMENT ON COLUMN switchboard.report_queue.acw IS 'After-call work: wrap-up ÷ completed, in seconds.';

COMMENT ON COLUMN switchboard.report_queue.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark, within 0 and 1 also where a mark of another day is taken back.';

COMMENT ON COLUMN switchboard.report_queue.nps IS 'Share of marks 9 and 10 less that of 0 to 6, of inquiries with an NPS mark: −1 to 1.';

COMMENT ON COLUMN switchboard.report_queue.p50 IS 'Median wait of the accepted, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.p95 IS 'Nineteen of twenty accepted ones waited no longer, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.p99 IS '99 of 100 accepted ones waited no longer, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.frt_p50 IS '50th percentile of the time to the first response, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.frt_p95 IS '95th percentile of the time to the first response, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.frt_p99 IS '99th percentile of the time to the first response, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.handle_p50 IS '50th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.handle_p95 IS '95th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';

COMMENT ON COLUMN switchboard.report_queue.handle_p99 IS '99th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';

CREATE TABLE switchboard.resolution_day (
    completed bigint NOT NULL,
    resolved_at_once bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL
);

COMMENT ON TABLE switchboard.resolution_day IS 'Rows of report_resolution, and of the day that is being counted.';

CREATE VIEW switchboard.report_resolution AS
 SELECT r.day,
    r.queue,
    r.completed,
    r.resolved_at_once,
    switchboard.share((r.resolved_at_once)::numeric, (r.completed)::numeric) AS fcr
   FROM switchboard.resolution_day r
  WHERE (r.day <= ( SELECT k.day
           FROM switchboard.report_kept k
          WHERE (k.report = 'resolution'::text)));

COMMENT ON VIEW switchboard.report_resolution IS 'First contact resolution of each day by queue. A day is there when it ended 7 days ago and the upkeep of every five minutes has counted it.';

COMMENT ON COLUMN switchboard.report_resolution.day IS 'The day on which they were completed, in the plan''s defaults.timezone, as report_queue has it.';

COMMENT ON COLUMN switchboard.report_resolution.queue IS 'The queue in which they were completed.';

COMMENT ON COLUMN switchboard.report_resolution.completed IS 'Completed on that day and not reopened within 7 days.';

COMMENT ON COLUMN switchboard.report_resolution.resolved_at_once IS 'Completed, not as unresolved; never reopened; and no other inquiry of that customer came within 7 days. Without a customer none can have come.';

COMMENT ON COLUMN switchboard.report_resolution.fcr IS 'Resolved at once ÷ completed.';

CREATE VIEW switchboard.report_sla AS
 WITH promise AS (
         SELECT promise_figure.day,
            promise_figure.queue,
            promise_figure.channel,
            promise_figure.policy,
            promise_figure.metric,
            sum(promise_figure.met) AS met,
            sum(promise_figure.breached) AS breached,
            sum(promise_figure.late) AS late,
            sum(promise_figure.lateness) AS lateness,
            max(promise_figure.longest) AS longest
           FROM switchboard.promise_figure
          GROUP BY promise_figure.day, promise_figure.queue, promise_figure.channel, promise_figure.policy, promise_figure.metric
        ), scope AS (
         SELECT d.day,
            s_1.queue,
            s_1.channel,
            s_1.policy,
            d.metric,
            sum(d.met) AS met,
            sum(d.breached) AS breached,
            sum(d.late) AS late,
            sum(d.lateness) AS lateness,
            max(d.longest) AS longest
           FROM (promise d
             CROSS JOIN LATERAL ( VALUES (d.queue,d.channel,d.policy), (d.queue,d.channel,NULL::text), (d.queue,NULL::text,NULL::text), (NULL::text,NULL::text,d.policy), (NULL::text,NULL::text,NULL::text)) s_1(queue, channel, policy))
          GROUP BY d.day, s_1.queue, s_1.channel, s_1.policy, d.metric
        )
 SELECT s.day,
    s.queue,
    s.channel,
    s.policy,
    s.metric,
    (s.met)::bigint AS met,
    (s.breached)::bigint AS breached,
    switchboard.share(s.met, (s.met + s.breached)) AS attainment,
    (s.late)::bigint AS late,
    switchboard.seconds((s.lateness / NULLIF(s.late, (0)::numeric))) AS lateness,
    switchboard.seconds((s.longest)::numeric) AS longest,
    p.p50,
    p.p95,
    p.p99
   FROM (scope s
     LEFT JOIN switchboard.report_span p ON (((s.policy IS NULL) AND (p.span = s.metric) AND (p.day = s.day) AND (COALESCE(p.queue, ''::text) = COALESCE(s.queue, ''::text)) AND (COALESCE(p.channel, ''::text) = COALESCE(s.channel, ''::text)))));

COMMENT ON VIEW switchboard.report_sla IS 'How the promises of SLA policies were kept each day: by queue, channel and policy; and, with NULL where all are meant, by queue and channel, by queue, by policy, and together.';

COMMENT ON COLUMN switchboard.report_sla.day IS 'The day in the plan''s defaults.timezone, as it was then.';

COMMENT ON COLUMN switchboard.report_sla.queue IS 'The queue.';

COMMENT ON COLUMN switchboard.report_sla.channel IS 'The channel.';

COMMENT ON COLUMN switchboard.report_sla.policy IS 'The SLA policy.';

COMMENT ON COLUMN switchboard.report_sla.metric IS 'What was promised: assign, first_response, next_response or resolution.';

COMMENT ON COLUMN switchboard.report_sla.met IS 'Answered in time.';

COMMENT ON COLUMN switchboard.report_sla.breached IS 'Not answered when the target passed.';

COMMENT ON COLUMN switchboard.report_sla.attainment IS 'Met ÷ (met + breached), by the day on which it was known.';

COMMENT ON COLUMN switchboard.report_sla.late IS 'Breached ones that were answered on this day.';

COMMENT ON COLUMN switchboard.report_sla.lateness IS 'By how much these were late in the mean, in seconds of the policy''s calendar.';

COMMENT ON COLUMN switchboard.report_sla.longest IS 'What the slowest answer of the day took, in seconds of the policy''s calendar.';

COMMENT ON COLUMN switchboard.report_sla.p50 IS 'Median of what the answers of the day took, to 1.6%; not told of one policy alone.';

COMMENT ON COLUMN switchboard.report_sla.p95 IS '95th percentile of the same.';

COMMENT ON COLUMN switchboard.report_sla.p99 IS '99th percentile of the same.';

CREATE TABLE switchboard.token (
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    id integer NOT NULL,
    role text NOT NULL,
    agent text,
    name text,
    teams text[],
    digest bytea NOT NULL,
    CONSTRAINT token_digest CHECK ((length(digest) = 32)),
    CONSTRAINT token_id CHECK ((id > 0)),
    CONSTRAINT token_role CHECK ((role = ANY (ARRAY['admin'::text, 'supervisor'::text, 'gateway'::text, 'upstream'::text, 'agent'::text])))
);

COMMENT ON TABLE switchboard.token IS 'Who may connect as what; the secret itself is never stored.';

COMMENT ON COLUMN switchboard.token.id IS 'The source of what is submitted with it; 1 is the first admin.';

COMMENT ON COLUMN switchboard.token.agent IS 'Sessions of this token are bound to this agent.';

COMMENT ON COLUMN switchboard.token.teams IS 'A supervisor sees these teams only; NULL for all.';

COMMENT ON COLUMN switchboard.token.digest IS 'SHA-256 of the secret.';

ALTER TABLE ONLY switchboard.closed_inquiry ATTACH PARTITION switchboard.closed_inquiry_default DEFAULT;

ALTER TABLE ONLY switchboard.event ATTACH PARTITION switchboard.event_default DEFAULT;

ALTER TABLE ONLY switchboard.agent_figure
    ADD CONSTRAINT agent_figure_pkey PRIMARY KEY (day, at, agent);

ALTER TABLE ONLY switchboard.agent
    ADD CONSTRAINT agent_number_key UNIQUE (number);

ALTER TABLE ONLY switchboard.agent
    ADD CONSTRAINT agent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY switchboard.closed_inquiry
    ADD CONSTRAINT closed_inquiry_pkey PRIMARY KEY (id, closed_at);

ALTER TABLE ONLY switchboard.closed_inquiry_default
    ADD CONSTRAINT closed_inquiry_default_pkey PRIMARY KEY (id, closed_at);

ALTER TABLE ONLY switchboard.engine
    ADD CONSTRAINT engine_pkey PRIMARY KEY (site);

ALTER TABLE ONLY switchboard.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (site, seq, at);

ALTER TABLE ONLY switchboard.event_default
    ADD CONSTRAINT event_default_pkey PRIMARY KEY (site, seq, at);

ALTER TABLE ONLY switchboard.figure
    ADD CONSTRAINT figure_pkey PRIMARY KEY (day, at, queue, channel);

ALTER TABLE ONLY switchboard.inquiry_key
    ADD CONSTRAINT inquiry_key_pkey PRIMARY KEY (fingerprint);

ALTER TABLE ONLY switchboard.inquiry
    ADD CONSTRAINT inquiry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY switchboard.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY switchboard.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (version);

ALTER TABLE ONLY switchboard.promise_figure
    ADD CONSTRAINT promise_figure_pkey PRIMARY KEY (day, at, queue, channel, policy, metric);

ALTER TABLE ONLY switchboard.report_kept
    ADD CONSTRAINT report_kept_pkey PRIMARY KEY (report);

ALTER TABLE ONLY switchboard.resolution_day
    ADD CONSTRAINT resolution_day_pkey PRIMARY KEY (day, queue);

ALTER TABLE ONLY switchboard.span_figure
    ADD CONSTRAINT span_figure_pkey PRIMARY KEY (day, queue, channel, span, bucket);

ALTER TABLE ONLY switchboard.token
    ADD CONSTRAINT token_digest_key UNIQUE (digest);

ALTER TABLE ONLY switchboard.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);

CREATE INDEX closed_inquiry_closed_at_idx ON ONLY switchboard.closed_inquiry USING brin (closed_at) WITH (autosummarize='true');

CREATE INDEX closed_inquiry_customer_idx ON ONLY switchboard.closed_inquiry USING btree (customer COLLATE "C", id) WHERE (customer IS NOT NULL);

CREATE INDEX closed_inquiry_default_closed_at_idx ON switchboard.closed_inquiry_default USING brin (closed_at) WITH (autosummarize='true');

CREATE INDEX closed_inquiry_default_customer_id_idx ON switchboard.closed_inquiry_default USING btree (customer COLLATE "C", id) WHERE (customer IS NOT NULL);

CREATE INDEX inquiry_customer_idx ON switchboard.inquiry USING btree (customer COLLATE "C", id) WHERE (customer IS NOT NULL);

CREATE INDEX inquiry_key_at_idx ON switchboard.inquiry_key USING brin (at) WITH (autosummarize='true');

CREATE UNIQUE INDEX span_day_idx ON switchboard.span_day USING btree (day, COALESCE(queue, ''::text), COALESCE(channel, ''::text), span);

ALTER INDEX switchboard.closed_inquiry_closed_at_idx ATTACH PARTITION switchboard.closed_inquiry_default_closed_at_idx;

ALTER INDEX switchboard.closed_inquiry_customer_idx ATTACH PARTITION switchboard.closed_inquiry_default_customer_id_idx;

ALTER INDEX switchboard.closed_inquiry_pkey ATTACH PARTITION switchboard.closed_inquiry_default_pkey;

ALTER INDEX switchboard.event_pkey ATTACH PARTITION switchboard.event_default_pkey;
