-- What agents did before they handed an inquiry on is work and no waiting.
ALTER TABLE switchboard.inquiry ADD COLUMN worked bigint, ADD CONSTRAINT inquiry_worked CHECK (worked > 0);
-- Without the constraint, which would look at every row that is kept: they come from "inquiry".
ALTER TABLE switchboard.closed_inquiry ADD COLUMN worked bigint;
COMMENT ON COLUMN switchboard.inquiry.worked IS 'Microseconds that agents had it since queued_at until they handed it on: no waiting. NULL for none.';
COMMENT ON COLUMN switchboard.closed_inquiry.worked IS 'Microseconds that agents had it since queued_at until they handed it on: no waiting. NULL for none.';
CREATE OR REPLACE VIEW switchboard.all_inquiry AS
    SELECT * FROM switchboard.inquiry UNION ALL SELECT * FROM switchboard.closed_inquiry;
COMMENT ON COLUMN switchboard.figure.waited IS 'Microseconds from "queued" to acceptance, of the accepted, without the work of agents who handed it on.';
COMMENT ON COLUMN switchboard.figure.handled IS 'Microseconds from acceptance to completion, or to being handed on (transferred, requeued), held time with it.';
COMMENT ON COLUMN switchboard.agent_figure.handled IS 'Microseconds from acceptance to completion or to being handed on: work side by side counts side by side.';
COMMENT ON COLUMN switchboard.span_figure.span IS 'wait: of the accepted, from "queued", without the work of agents who handed it on; response: to the first response; handle: of the completed, talk and held time of all agents who had it, and the wrap-up; assign, first_response, next_response, resolution: what the clock of that promise had run when it was answered.';

-- What is over is counted once, whoever counts it, and nothing that is still to be counted is dropped.

CREATE FUNCTION switchboard.lock_reports()
RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(1937204593);
END;
COMMENT ON FUNCTION switchboard.lock_reports IS 'To be held, to the end of the transaction, by whoever keeps what reports say. What looks at how far they are kept must be a later statement: it has to see what the holder before did.';

-- One row each, also where queue and channel are NULL.
DELETE FROM switchboard.span_day AS later USING switchboard.span_day AS earlier
WHERE later.ctid > earlier.ctid AND (later.day, later.span) = (earlier.day, earlier.span)
    AND later.queue IS NOT DISTINCT FROM earlier.queue AND later.channel IS NOT DISTINCT FROM earlier.channel;
DROP INDEX switchboard.span_day_day_idx;
CREATE UNIQUE INDEX span_day_idx ON switchboard.span_day (day, (coalesce(queue, '')), (coalesce(channel, '')), span);

-- A day is kept when it has been over for two days: a plan with a zone further west puts today back by one.
CREATE OR REPLACE FUNCTION switchboard.keep_spans(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
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

-- By quarters of an hour: each inquiry is a look-up of its customer's next one. Ids rise with submission, so the next one
-- came first. A quarter is of the day that the figures of its queue say, and a day is over where the figures say so too;
-- PostgreSQL's own idea of a zone's days is asked where they say nothing, with two hours to spare: not all agree on a
-- midnight that comes twice.
CREATE OR REPLACE FUNCTION switchboard.keep_resolution(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
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

-- Dropping a partition needs the whole table for a moment. Who cannot have it at once gives way: batches queue up behind
-- the one who waits. (DETACH ... CONCURRENTLY is not to be had where there is a default partition.)
CREATE OR REPLACE FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamptz)
RETURNS text LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
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
$$;
COMMENT ON FUNCTION switchboard.drop_partition IS 'Drops the oldest monthly partition all of which is before p_before, and whose closed inquiries have been counted, and returns its name, NULL for none. 55P03: somebody was in the way, try again. SB001: deposed.';

-- The bounds of a partition are written with their offset from UTC, whatever the database's own style of dates.
ALTER FUNCTION switchboard.make_partitions(text, timestamptz, integer) SET datestyle = 'ISO';

-- A mark that is taken back on another day than it was given leaves less than nothing there.
CREATE OR REPLACE VIEW switchboard.report_interval AS
    SELECT f.at, f.day, f.queue, f.channel,
        f.entered, f.offered, f.accepted, f.accepted_in_target, f.abandoned, f.abandoned_after_target,
        f.abandoned_short, f.expired, f.cancelled, f.declined, f.missed, f.completed, f.reopened, f.responded,
        f.csat_rated, f.nps_rated,
        switchboard.share(f.accepted_in_target, f.accepted + f.abandoned_after_target) AS service_level,
        switchboard.share(f.accepted_in_target, f.accepted) AS service_level_of_accepted,
        switchboard.share(f.accepted_in_target, f.entered) AS service_level_of_entered,
        switchboard.share(f.abandoned, f.accepted + f.abandoned) AS abandonment,
        switchboard.share(f.missed, f.offered) AS rona,
        switchboard.seconds(f.waited / nullif(f.accepted, 0)) AS asa,
        switchboard.seconds(f.waited_late / nullif(f.accepted - f.accepted_in_target, 0)) AS late,
        switchboard.seconds(f.waited_longest) AS longest,
        switchboard.seconds(f.response_took / nullif(f.responded, 0)) AS frt,
        switchboard.seconds((f.handled + f.wrap_up_took) / nullif(f.completed, 0)) AS aht,
        switchboard.seconds(f.wrap_up_took / nullif(f.completed, 0)) AS acw,
        switchboard.share(greatest(0, least(f.csat_good, f.csat_rated)), f.csat_rated) AS csat,
        switchboard.share(
            greatest(-f.nps_rated, least(f.nps_promoters - f.nps_detractors, f.nps_rated)), f.nps_rated) AS nps
    FROM switchboard.figure AS f;

CREATE OR REPLACE VIEW switchboard.report_queue AS
    WITH scope AS (
        SELECT f.day, s.queue, s.channel,
            sum(f.entered) AS entered, sum(f.offered) AS offered, sum(f.accepted) AS accepted,
            sum(f.accepted_in_target) AS accepted_in_target, sum(f.abandoned) AS abandoned,
            sum(f.abandoned_after_target) AS abandoned_after_target, sum(f.abandoned_short) AS abandoned_short,
            sum(f.expired) AS expired, sum(f.cancelled) AS cancelled, sum(f.declined) AS declined,
            sum(f.missed) AS missed, sum(f.completed) AS completed, sum(f.reopened) AS reopened,
            sum(f.responded) AS responded, sum(f.csat_rated) AS csat_rated, sum(f.csat_good) AS csat_good,
            sum(f.nps_rated) AS nps_rated, sum(f.nps_promoters) AS nps_promoters,
            sum(f.nps_detractors) AS nps_detractors, sum(f.waited) AS waited, sum(f.waited_late) AS waited_late,
            max(f.waited_longest) AS waited_longest, sum(f.response_took) AS response_took, sum(f.handled) AS handled,
            sum(f.wrap_up_took) AS wrap_up_took
        FROM switchboard.figure AS f
        CROSS JOIN LATERAL (VALUES (f.queue, f.channel), (f.queue, NULL), (NULL, NULL)) AS s (queue, channel)
        GROUP BY f.day, s.queue, s.channel
    )
    SELECT s.day, s.queue, s.channel,
        s.entered::bigint AS entered, s.offered::bigint AS offered, s.accepted::bigint AS accepted,
        s.accepted_in_target::bigint AS accepted_in_target, s.abandoned::bigint AS abandoned,
        s.abandoned_after_target::bigint AS abandoned_after_target, s.abandoned_short::bigint AS abandoned_short,
        s.expired::bigint AS expired, s.cancelled::bigint AS cancelled, s.declined::bigint AS declined,
        s.missed::bigint AS missed, s.completed::bigint AS completed, s.reopened::bigint AS reopened,
        s.responded::bigint AS responded, s.csat_rated::bigint AS csat_rated, s.nps_rated::bigint AS nps_rated,
        switchboard.share(s.accepted_in_target, s.accepted + s.abandoned_after_target) AS service_level,
        switchboard.share(s.accepted_in_target, s.accepted) AS service_level_of_accepted,
        switchboard.share(s.accepted_in_target, s.entered) AS service_level_of_entered,
        switchboard.share(s.abandoned, s.accepted + s.abandoned) AS abandonment,
        switchboard.share(s.missed, s.offered) AS rona,
        switchboard.seconds(s.waited / nullif(s.accepted, 0)) AS asa,
        switchboard.seconds(s.waited_late / nullif(s.accepted - s.accepted_in_target, 0)) AS late,
        switchboard.seconds(s.waited_longest) AS longest,
        switchboard.seconds(s.response_took / nullif(s.responded, 0)) AS frt,
        switchboard.seconds((s.handled + s.wrap_up_took) / nullif(s.completed, 0)) AS aht,
        switchboard.seconds(s.wrap_up_took / nullif(s.completed, 0)) AS acw,
        switchboard.share(greatest(0, least(s.csat_good, s.csat_rated)), s.csat_rated) AS csat,
        switchboard.share(
            greatest(-s.nps_rated, least(s.nps_promoters - s.nps_detractors, s.nps_rated)), s.nps_rated) AS nps,
        p.p50, p.p95, p.p99, p.frt_p50, p.frt_p95, p.frt_p99, p.handle_p50, p.handle_p95, p.handle_p99
    FROM scope AS s
    LEFT JOIN (
        SELECT day, queue, channel,
            max(p50) FILTER (WHERE span = 'wait') AS p50, max(p95) FILTER (WHERE span = 'wait') AS p95,
            max(p99) FILTER (WHERE span = 'wait') AS p99,
            max(p50) FILTER (WHERE span = 'response') AS frt_p50, max(p95) FILTER (WHERE span = 'response') AS frt_p95,
            max(p99) FILTER (WHERE span = 'response') AS frt_p99,
            max(p50) FILTER (WHERE span = 'handle') AS handle_p50, max(p95) FILTER (WHERE span = 'handle') AS handle_p95,
            max(p99) FILTER (WHERE span = 'handle') AS handle_p99
        FROM switchboard.report_span
        WHERE span IN ('wait', 'response', 'handle')
        GROUP BY day, queue, channel
    ) AS p
        ON p.day = s.day AND coalesce(p.queue, '') = coalesce(s.queue, '')
        AND coalesce(p.channel, '') = coalesce(s.channel, '');

COMMENT ON COLUMN switchboard.report_interval.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark, within 0 and 1 also where a mark of another time is taken back.';
COMMENT ON COLUMN switchboard.report_queue.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark, within 0 and 1 also where a mark of another day is taken back.';
COMMENT ON COLUMN switchboard.report_interval.asa IS 'Average speed of answer: mean wait of the accepted, from "queued" without the work of agents who handed it on, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.asa IS 'Average speed of answer: mean wait of the accepted, from "queued" without the work of agents who handed it on, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.aht IS 'Average handle time: talk, hold and wrap-up, also of agents who handed it on, ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.aht IS 'Average handle time: talk, hold and wrap-up, also of agents who handed it on, ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_agent.aht IS 'Average handle time: talk, hold and wrap-up, also of what was handed on, ÷ completed, in seconds; work side by side counts side by side.';
COMMENT ON COLUMN switchboard.report_queue.handle_p50 IS '50th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p95 IS '95th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p99 IS '99th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_resolution.day IS 'The day on which they were completed, in the plan''s defaults.timezone, as report_queue has it.';

-- Columns mean what they mean where they come from.
DO $$
DECLARE
    told record;
BEGIN
    FOR told IN
        SELECT v.attrelid::regclass AS view, v.attname AS name, d.description
        FROM (VALUES
            ('switchboard.all_inquiry'::regclass, 'switchboard.inquiry'::regclass),
            ('switchboard.all_agent_figure', 'switchboard.agent_figure'), ('switchboard.open_span', 'switchboard.report_span')
        ) AS s (view, source)
        JOIN pg_catalog.pg_attribute AS v ON v.attrelid = s.view
        JOIN pg_catalog.pg_attribute AS c ON c.attrelid = s.source AND c.attname = v.attname
        JOIN pg_catalog.pg_description AS d ON d.objoid = s.source AND d.objsubid = c.attnum
        WHERE v.attnum > 0 AND pg_catalog.col_description(s.view, v.attnum) IS NULL
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', told.view, told.name, told.description);
    END LOOP;
END
$$;
