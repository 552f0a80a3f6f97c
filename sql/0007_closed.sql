-- Closed inquiries. Once the engine has let go of one, its row moves from "inquiry" into a partition by the month of its
-- end, so that "inquiry" stays as small as what is live, and months that are past keeping can be dropped whole.
--
-- An inquiry has one row, in one of the two tables: it is moved, either way, by one transaction, and whoever moves one
-- holds lock_closed(). A column that is added to "inquiry" is added to "closed_inquiry" in the same place, and the view
-- is replaced.

-- The month must be in the key because the table is cut by it. Rows are seldom changed here: the pages are filled.
CREATE TABLE switchboard.closed_inquiry (
    LIKE switchboard.inquiry INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    CONSTRAINT closed_inquiry_pkey PRIMARY KEY (id, closed_at),
    CONSTRAINT closed_inquiry_ended CHECK (wrap_up_ends IS NULL)
) PARTITION BY RANGE (closed_at);
COMMENT ON TABLE switchboard.closed_inquiry IS 'One row an inquiry that is closed and that the engine holds no more. A month of closed_at a partition.';
-- As of "inquiry": by bytes, the newest last. Keys need no index: "inquiry_key" leads to the id.
CREATE INDEX closed_inquiry_customer_idx ON switchboard.closed_inquiry (customer COLLATE "C", id) WHERE customer IS NOT NULL;

CREATE TABLE switchboard.closed_inquiry_default PARTITION OF switchboard.closed_inquiry DEFAULT;
COMMENT ON TABLE switchboard.closed_inquiry_default IS 'Inquiries of months that nobody made a partition for; should be empty.';

COMMENT ON TABLE switchboard.inquiry IS 'One row an inquiry that is live, or closed and not moved to "closed_inquiry" yet. An absent text is NULL, never empty.';

CREATE VIEW switchboard.all_inquiry AS
    SELECT * FROM switchboard.inquiry UNION ALL SELECT * FROM switchboard.closed_inquiry;
COMMENT ON VIEW switchboard.all_inquiry IS 'Every inquiry that is kept, live or closed, once: for reports and look-ups.';

-- A partition is filled apart and attached, since attaching lets the writer go on where CREATE ... PARTITION OF would
-- stop it. A month whose rows are already in the default partition is left alone with a warning.
CREATE FUNCTION switchboard.make_partitions(p_parent text, p_from timestamptz, p_months integer)
RETURNS integer LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION switchboard.make_partitions IS 'Makes the monthly partitions (UTC) of "event" or "closed_inquiry" from the month of p_from on, those that are not there; returns how many.';
DROP FUNCTION switchboard.make_event_partitions;

CREATE FUNCTION switchboard.require_epoch(p_site smallint, p_epoch bigint)
RETURNS void LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION switchboard.require_epoch IS 'The fence of what is not a batch. SB001: deposed. It takes no lock, so it never holds up a batch.';

CREATE FUNCTION switchboard.lock_closed(p_site smallint)
RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(1937204592, p_site::integer);
END;
COMMENT ON FUNCTION switchboard.lock_closed IS 'To be held, to the end of the transaction, by whoever moves or changes rows of closed inquiries that the engine does not hold. What looks at the rows must be a later statement: it has to see what the holder before did.';

-- Each pair names one closing of one inquiry: one that was reopened and closed again is another pair.
CREATE FUNCTION switchboard.sweep(p_site smallint, p_epoch bigint, p_ids bigint[], p_closed_at timestamptz[])
RETURNS integer LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION switchboard.sweep IS 'Moves inquiries that were closed then, and are so still, to "closed_inquiry"; returns how many. SB001: deposed.';

CREATE FUNCTION switchboard.sweep_slice(
    p_site smallint, p_epoch bigint, p_before timestamptz, p_after bigint, p_limit integer,
    OUT moved integer, OUT last bigint
) LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION switchboard.sweep_slice IS 'Of the p_limit inquiries after p_after, moves those closed before p_before; says how many and the last one looked at, NULL at the end. SB001: deposed.';

-- Dropping a partition needs the whole table for a moment. Who cannot have it at once gives way: batches queue up behind
-- the one who waits. (DETACH ... CONCURRENTLY is not to be had where there is a default partition.)
CREATE FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamptz)
RETURNS text LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
DECLARE
    oldest text;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    SELECT c.relname::text INTO oldest
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('switchboard.%I', p_parent)::regclass
        AND CASE WHEN c.relname::text ~ ('^' || p_parent || '_[0-9]{4}_[0-9]{2}$')
            THEN (to_date(right(c.relname::text, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= p_before
            ELSE false END
    ORDER BY 1 LIMIT 1;
    IF oldest IS NOT NULL THEN
        EXECUTE format('DROP TABLE switchboard.%I', oldest);
    END IF;
    RETURN oldest;
END
$$;
COMMENT ON FUNCTION switchboard.drop_partition IS 'Drops the oldest monthly partition all of which is before p_before and returns its name, NULL for none. 55P03: somebody was in the way, try again. SB001: deposed.';

-- Events hold ids only, so these rows are all there is of a person. The key stays: it is the submitter's own name for
-- the request.
CREATE FUNCTION switchboard.forget_customer(
    p_site smallint, p_epoch bigint, p_customer text, p_before bigint, p_limit integer
) RETURNS integer LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION switchboard.forget_customer IS 'Nulls the personal data of at most p_limit of a customer''s inquiries with ids before p_before, in both tables; returns how many. SB001: deposed.';
