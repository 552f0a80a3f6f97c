-- Figures that people steer by (docs/figures.md). They are added up by the batch that holds what they count, in its own
-- transaction, so a crash neither loses nor doubles one; and they outlive events and closed inquiries.
--
-- Rows of "figure" are updated by almost every batch while their quarter of an hour lasts: no index but the primary key,
-- and half-empty pages, so that each update stays in its page (HOT).

ALTER TABLE switchboard.inquiry
    ADD COLUMN responded boolean NOT NULL DEFAULT false,
    ADD COLUMN reopened boolean NOT NULL DEFAULT false;
ALTER TABLE switchboard.closed_inquiry
    ADD COLUMN responded boolean NOT NULL DEFAULT false,
    ADD COLUMN reopened boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN switchboard.inquiry.responded IS 'It has had its first response since it came, or came back from its end.';
COMMENT ON COLUMN switchboard.closed_inquiry.responded IS 'It has had its first response since it came, or came back from its end.';
COMMENT ON COLUMN switchboard.inquiry.reopened IS 'It has come back from its end.';
COMMENT ON COLUMN switchboard.closed_inquiry.reopened IS 'It has come back from its end.';
UPDATE switchboard.inquiry SET responded = true WHERE clocks->>'responded' = '1';
CREATE OR REPLACE VIEW switchboard.all_inquiry AS
    SELECT * FROM switchboard.inquiry UNION ALL SELECT * FROM switchboard.closed_inquiry;

ALTER TABLE switchboard.agent
    ADD COLUMN activity text NOT NULL DEFAULT 'none',
    ADD COLUMN activity_since timestamptz NOT NULL DEFAULT '1970-01-01 00:00Z',
    ADD COLUMN tally json,
    ADD CONSTRAINT agent_activity CHECK (activity IN ('none', 'idle', 'busy', 'wrap_up', 'away'));
COMMENT ON COLUMN switchboard.agent.activity IS 'What its time is counted as. idle: ready without work; busy: with assigned work; wrap_up: with nothing but wrap-ups; none: signed off, or without a session and work.';
COMMENT ON COLUMN switchboard.agent.activity_since IS 'Since when; "tally" counts what was before.';
COMMENT ON COLUMN switchboard.agent.tally IS 'Its row of "agent_figure" to be, of the last quarter of an hour in which anything was counted: {"at": microseconds since 1970, "day": days since 1970, "idle": microseconds, …}; NULL for nothing yet.';

ALTER TABLE switchboard.engine ADD COLUMN surveyed_until timestamptz;
COMMENT ON COLUMN switchboard.engine.surveyed_until IS 'What was completed up to then has had its survey_due, or needs none; NULL while the plan asks for no surveys.';

CREATE TABLE switchboard.figure (
    at timestamptz NOT NULL,
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
    channel text NOT NULL,
    CONSTRAINT figure_pkey PRIMARY KEY (day, at, queue, channel)
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.figure IS 'What happened in a quarter of an hour in one queue on one channel. Each thing counts where and when it happened: an inquiry that is moved is accepted where it is then.';
COMMENT ON COLUMN switchboard.figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';
COMMENT ON COLUMN switchboard.figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.figure.queue IS 'The queue.';
COMMENT ON COLUMN switchboard.figure.channel IS 'The channel.';
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
COMMENT ON COLUMN switchboard.figure.waited IS 'Microseconds from "queued" to acceptance, of the accepted.';
COMMENT ON COLUMN switchboard.figure.waited_late IS 'Microseconds of these beyond the target.';
COMMENT ON COLUMN switchboard.figure.waited_longest IS 'Microseconds of the longest of these waits.';
COMMENT ON COLUMN switchboard.figure.response_took IS 'Microseconds from "queued" to the first response.';
COMMENT ON COLUMN switchboard.figure.handled IS 'Microseconds from acceptance to completion, held time with it, of the completed.';
COMMENT ON COLUMN switchboard.figure.wrap_up_took IS 'Microseconds from completion to the end of the wrap-up.';

CREATE TABLE switchboard.promise_figure (
    at timestamptz NOT NULL,
    met bigint NOT NULL,
    breached bigint NOT NULL,
    late bigint NOT NULL,
    lateness bigint NOT NULL,
    longest bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL,
    policy text NOT NULL,
    metric text NOT NULL,
    CONSTRAINT promise_figure_pkey PRIMARY KEY (day, at, queue, channel, policy, metric)
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.promise_figure IS 'How the promises of SLA policies were kept in a quarter of an hour. One is counted when it is known: met when it is answered in time, breached when its target passes. What ends unanswered before its target counts in neither.';
COMMENT ON COLUMN switchboard.promise_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.promise_figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';
COMMENT ON COLUMN switchboard.promise_figure.queue IS 'The queue.';
COMMENT ON COLUMN switchboard.promise_figure.channel IS 'The channel.';
COMMENT ON COLUMN switchboard.promise_figure.policy IS 'The SLA policy.';
COMMENT ON COLUMN switchboard.promise_figure.metric IS 'What was promised: assign, first_response, next_response or resolution.';
COMMENT ON COLUMN switchboard.promise_figure.met IS 'Answered in time.';
COMMENT ON COLUMN switchboard.promise_figure.breached IS 'Not answered when the target passed.';
COMMENT ON COLUMN switchboard.promise_figure.late IS 'Of the breached, whenever that was, those that were answered now.';
COMMENT ON COLUMN switchboard.promise_figure.lateness IS 'Microseconds by which these were late, by the policy''s calendar.';
COMMENT ON COLUMN switchboard.promise_figure.longest IS 'Microseconds that the slowest of all that were answered now took, by the policy''s calendar.';

CREATE TABLE switchboard.span_figure (
    n bigint NOT NULL,
    day date NOT NULL,
    bucket smallint NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL,
    span text NOT NULL,
    CONSTRAINT span_figure_pkey PRIMARY KEY (day, queue, channel, span, bucket)
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.span_figure IS 'Histograms of a day: how many spans fell into which bucket. Those of several queues or days add up, and percentiles are told of the sum. Of the day and not of the quarter, since in a quarter few buckets hold more than one.';
COMMENT ON COLUMN switchboard.span_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.span_figure.queue IS 'The queue.';
COMMENT ON COLUMN switchboard.span_figure.channel IS 'The channel.';
COMMENT ON COLUMN switchboard.span_figure.n IS 'How many.';
COMMENT ON COLUMN switchboard.span_figure.span IS 'wait: of the accepted, from "queued"; response: to the first response; handle: from acceptance to completion, and the wrap-up; assign, first_response, next_response, resolution: what the clock of that promise had run when it was answered.';
COMMENT ON COLUMN switchboard.span_figure.bucket IS 'A millisecond each up to 64 ms, then 32 for each doubling; span_of() tells its middle, which is wrong by 1.6% at most.';

CREATE TABLE switchboard.agent_figure (
    at timestamptz NOT NULL,
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
    agent text NOT NULL,
    CONSTRAINT agent_figure_pkey PRIMARY KEY (day, at, agent)
);
COMMENT ON TABLE switchboard.agent_figure IS 'What an agent did in a quarter of an hour that is over. The quarter under way is agent.tally; all_agent_figure has both.';
COMMENT ON COLUMN switchboard.agent_figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';
COMMENT ON COLUMN switchboard.agent_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.agent_figure.agent IS 'The agent''s id.';
COMMENT ON COLUMN switchboard.agent_figure.idle IS 'Microseconds ready and without work.';
COMMENT ON COLUMN switchboard.agent_figure.busy IS 'Microseconds with assigned work, or held work that takes room, however many.';
COMMENT ON COLUMN switchboard.agent_figure.wrap_up IS 'Microseconds with nothing but wrap-ups.';
COMMENT ON COLUMN switchboard.agent_figure.away IS 'Microseconds away, and without work.';
COMMENT ON COLUMN switchboard.agent_figure.handled IS 'Microseconds from acceptance to completion, of what was completed: work side by side counts side by side.';
COMMENT ON COLUMN switchboard.agent_figure.wrap_up_took IS 'Microseconds of the wrap-ups that ended.';
COMMENT ON COLUMN switchboard.agent_figure.accepted IS 'Offers accepted.';
COMMENT ON COLUMN switchboard.agent_figure.assigned IS 'Taken without an offer.';
COMMENT ON COLUMN switchboard.agent_figure.declined IS 'Offers declined.';
COMMENT ON COLUMN switchboard.agent_figure.missed IS 'Offers that ran out.';
COMMENT ON COLUMN switchboard.agent_figure.completed IS 'Completed inquiries; one that is reopened and completed again counts again.';

-- What reports are made of.

CREATE FUNCTION switchboard.span_of(p_bucket smallint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN p_bucket < 64 THEN p_bucket::bigint * 1000
    ELSE (((p_bucket % 32) + 32)::bigint << (p_bucket / 32 - 1)) * 1000 + (1000::bigint << (p_bucket / 32 - 1)) / 2
END;
COMMENT ON FUNCTION switchboard.span_of IS 'The middle of a bucket of span_figure, in microseconds.';

-- These two are in every report, and not PARALLEL SAFE, so that a report takes one processor and leaves the others to
-- those who work: with parallel workers reports are no faster, and the batches meanwhile take twice as long.
CREATE FUNCTION switchboard.seconds(p_microseconds numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN round(p_microseconds / 1000000, 3);
COMMENT ON FUNCTION switchboard.seconds IS 'Microseconds as seconds, to the millisecond.';

CREATE FUNCTION switchboard.share(p_part numeric, p_whole numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN round(p_part / nullif(p_whole, 0), 4);
COMMENT ON FUNCTION switchboard.share IS 'A part of a whole, 0 to 1, to four decimals; NULL of nothing.';

-- Rising buckets come from the window above them: whoever sorts for it need not sort again.
CREATE FUNCTION switchboard.bucket_at(p_share numeric, p_n bigint, p_buckets smallint[], p_uptos bigint[])
RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN p_buckets[1 + width_bucket(ceil(p_n * p_share)::bigint - 1, p_uptos)];
COMMENT ON FUNCTION switchboard.bucket_at IS 'The percentile of a histogram by nearest rank: the first of the rising buckets up to which, it included, at least that share of all n lies.';

CREATE VIEW switchboard.open_span AS
    WITH scope AS (
        SELECT day, queue, channel, span, bucket, n FROM switchboard.span_figure
        UNION ALL
        SELECT day, queue, NULL, span, bucket, sum(n)::bigint
        FROM switchboard.span_figure GROUP BY day, queue, span, bucket
        UNION ALL
        SELECT day, NULL, NULL, span, bucket, sum(n)::bigint FROM switchboard.span_figure GROUP BY day, span, bucket
    ), running AS (
        SELECT day, queue, channel, span, bucket,
            (sum(n) OVER (
                PARTITION BY day, queue, channel, span ORDER BY bucket ROWS UNBOUNDED PRECEDING))::bigint AS upto
        FROM scope
    ), histogram AS (
        SELECT day, queue, channel, span, max(upto) AS n, array_agg(bucket) AS buckets, array_agg(upto) AS uptos
        FROM running
        GROUP BY day, queue, channel, span
    )
    SELECT day, queue, channel, span, n,
        switchboard.seconds(switchboard.span_of(switchboard.bucket_at(0.50, n, buckets, uptos))) AS p50,
        switchboard.seconds(switchboard.span_of(switchboard.bucket_at(0.95, n, buckets, uptos))) AS p95,
        switchboard.seconds(switchboard.span_of(switchboard.bucket_at(0.99, n, buckets, uptos))) AS p99
    FROM histogram;
COMMENT ON VIEW switchboard.open_span IS 'What report_span says, told of the histograms now: work for each bucket of each day that is asked for.';

CREATE FUNCTION switchboard.plan_timezone()
RETURNS text LANGUAGE sql STABLE
RETURN coalesce(
    (SELECT p.body->'defaults'->>'timezone' FROM switchboard.plan AS p ORDER BY p.version DESC LIMIT 1), 'UTC');
COMMENT ON FUNCTION switchboard.plan_timezone IS 'defaults.timezone of the plan in force.';

-- A day that is over is told once and kept: a month of histograms is a million rows, of percentiles a hundredth of that;
-- and first contact resolution outlives the inquiries.
CREATE TABLE switchboard.report_kept (
    until timestamptz NOT NULL,
    day date NOT NULL,
    report text NOT NULL,
    CONSTRAINT report_kept_pkey PRIMARY KEY (report),
    CONSTRAINT report_kept_report CHECK (report IN ('span', 'resolution'))
);
COMMENT ON TABLE switchboard.report_kept IS 'How far a report is kept as rows (keep_spans, keep_resolution).';
COMMENT ON COLUMN switchboard.report_kept.day IS 'The last day of which it is kept whole.';
COMMENT ON COLUMN switchboard.report_kept.until IS 'Where what is kept ends; of resolution, that of a part of the next day too.';

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
-- Not a key: queue and channel may be NULL.
CREATE INDEX span_day_day_idx ON switchboard.span_day (day);
COMMENT ON TABLE switchboard.span_day IS 'Rows of report_span of days that are kept.';

CREATE TABLE switchboard.resolution_day (
    completed bigint NOT NULL,
    resolved_at_once bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL,
    CONSTRAINT resolution_day_pkey PRIMARY KEY (day, queue)
);
COMMENT ON TABLE switchboard.resolution_day IS 'Rows of report_resolution, and of the day that is being counted.';

-- The upper bound lets the planner take the index: of what has no end it expects a third of the table.
CREATE VIEW switchboard.report_span AS
    SELECT day, queue, channel, span, n, p50, p95, p99 FROM switchboard.span_day
    UNION ALL
    SELECT day, queue, channel, span, n, p50, p95, p99 FROM switchboard.open_span
    WHERE day > coalesce((SELECT k.day FROM switchboard.report_kept AS k WHERE k.report = 'span'), '-infinity')
        AND day <= coalesce((SELECT max(f.day) FROM switchboard.span_figure AS f), 'infinity');
COMMENT ON VIEW switchboard.report_span IS 'Percentiles of a day in seconds, by nearest rank, to 1.6%. Rows without a channel are of all channels of the queue, those without a queue of everything.';
COMMENT ON COLUMN switchboard.report_span.p50 IS 'Median, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_span.p95 IS '95th percentile, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_span.p99 IS '99th percentile, in seconds, to 1.6%.';

CREATE VIEW switchboard.report_interval AS
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
        switchboard.share(f.csat_good, f.csat_rated) AS csat,
        switchboard.share(f.nps_promoters - f.nps_detractors, f.nps_rated) AS nps
    FROM switchboard.figure AS f;

CREATE VIEW switchboard.report_queue AS
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
        switchboard.share(s.csat_good, s.csat_rated) AS csat,
        switchboard.share(s.nps_promoters - s.nps_detractors, s.nps_rated) AS nps,
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

COMMENT ON VIEW switchboard.report_interval IS 'Figures of each quarter of an hour by queue and channel; counts are those of "figure". Percentiles are told of days (report_queue).';
COMMENT ON VIEW switchboard.report_queue IS 'Figures of each day by queue and channel; counts are those of "figure". Rows without a channel are of all channels of the queue, those without a queue of everything.';
COMMENT ON COLUMN switchboard.report_interval.service_level IS 'Accepted within the target ÷ (accepted + abandoned after the target).';
COMMENT ON COLUMN switchboard.report_interval.service_level_of_accepted IS 'Accepted within the target ÷ accepted.';
COMMENT ON COLUMN switchboard.report_interval.service_level_of_entered IS 'Accepted within the target ÷ entered.';
COMMENT ON COLUMN switchboard.report_interval.abandonment IS 'Abandoned ÷ (accepted + abandoned).';
COMMENT ON COLUMN switchboard.report_interval.rona IS 'Offers missed ÷ offers made (redirected on no answer).';
COMMENT ON COLUMN switchboard.report_interval.asa IS 'Average speed of answer: mean wait of the accepted, from "queued", in seconds.';
COMMENT ON COLUMN switchboard.report_interval.late IS 'Of the accepted that had waited beyond the target, by how much in the mean, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.longest IS 'The longest wait of an accepted one, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.frt IS 'First response time: mean from "queued" to the first response, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.aht IS 'Average handle time: talk, hold and wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.acw IS 'After-call work: wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark.';
COMMENT ON COLUMN switchboard.report_interval.nps IS 'Share of marks 9 and 10 less that of 0 to 6, of inquiries with an NPS mark: −1 to 1.';
COMMENT ON COLUMN switchboard.report_queue.service_level IS 'Accepted within the target ÷ (accepted + abandoned after the target).';
COMMENT ON COLUMN switchboard.report_queue.service_level_of_accepted IS 'Accepted within the target ÷ accepted.';
COMMENT ON COLUMN switchboard.report_queue.service_level_of_entered IS 'Accepted within the target ÷ entered.';
COMMENT ON COLUMN switchboard.report_queue.abandonment IS 'Abandoned ÷ (accepted + abandoned).';
COMMENT ON COLUMN switchboard.report_queue.rona IS 'Offers missed ÷ offers made (redirected on no answer).';
COMMENT ON COLUMN switchboard.report_queue.asa IS 'Average speed of answer: mean wait of the accepted, from "queued", in seconds.';
COMMENT ON COLUMN switchboard.report_queue.late IS 'Of the accepted that had waited beyond the target, by how much in the mean, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.longest IS 'The longest wait of an accepted one, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.frt IS 'First response time: mean from "queued" to the first response, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.aht IS 'Average handle time: talk, hold and wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.acw IS 'After-call work: wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark.';
COMMENT ON COLUMN switchboard.report_queue.nps IS 'Share of marks 9 and 10 less that of 0 to 6, of inquiries with an NPS mark: −1 to 1.';
COMMENT ON COLUMN switchboard.report_queue.p50 IS 'Median wait of the accepted, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.p95 IS 'Nineteen of twenty accepted ones waited no longer, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.p99 IS '99 of 100 accepted ones waited no longer, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.frt_p50 IS '50th percentile of the time to the first response, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.frt_p95 IS '95th percentile of the time to the first response, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.frt_p99 IS '99th percentile of the time to the first response, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p50 IS '50th percentile of the talk, hold and wrap-up of a completed one, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p95 IS '95th percentile of the talk, hold and wrap-up of a completed one, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p99 IS '99th percentile of the talk, hold and wrap-up of a completed one, in seconds, to 1.6%.';

CREATE VIEW switchboard.report_sla AS
    WITH promise AS (
        SELECT day, queue, channel, policy, metric,
            sum(met) AS met, sum(breached) AS breached, sum(late) AS late, sum(lateness) AS lateness, max(longest) AS longest
        FROM switchboard.promise_figure
        GROUP BY day, queue, channel, policy, metric
    ), scope AS (
        SELECT d.day, s.queue, s.channel, s.policy, d.metric,
            sum(d.met) AS met, sum(d.breached) AS breached, sum(d.late) AS late, sum(d.lateness) AS lateness,
            max(d.longest) AS longest
        FROM promise AS d
        CROSS JOIN LATERAL (VALUES
            (d.queue, d.channel, d.policy), (d.queue, d.channel, NULL), (d.queue, NULL, NULL),
            (NULL, NULL, d.policy), (NULL, NULL, NULL)
        ) AS s (queue, channel, policy)
        GROUP BY d.day, s.queue, s.channel, s.policy, d.metric
    )
    SELECT s.day, s.queue, s.channel, s.policy, s.metric, s.met::bigint AS met, s.breached::bigint AS breached,
        switchboard.share(s.met, s.met + s.breached) AS attainment,
        s.late::bigint AS late, switchboard.seconds(s.lateness / nullif(s.late, 0)) AS lateness,
        switchboard.seconds(s.longest) AS longest, p.p50, p.p95, p.p99
    FROM scope AS s
    LEFT JOIN switchboard.report_span AS p
        ON s.policy IS NULL AND p.span = s.metric AND p.day = s.day
        AND coalesce(p.queue, '') = coalesce(s.queue, '') AND coalesce(p.channel, '') = coalesce(s.channel, '');
COMMENT ON VIEW switchboard.report_sla IS 'How the promises of SLA policies were kept each day: by queue, channel and policy; and, with NULL where all are meant, by queue and channel, by queue, by policy, and together.';
COMMENT ON COLUMN switchboard.report_sla.attainment IS 'Met ÷ (met + breached), by the day on which it was known.';
COMMENT ON COLUMN switchboard.report_sla.late IS 'Breached ones that were answered on this day.';
COMMENT ON COLUMN switchboard.report_sla.lateness IS 'By how much these were late in the mean, in seconds of the policy''s calendar.';
COMMENT ON COLUMN switchboard.report_sla.longest IS 'What the slowest answer of the day took, in seconds of the policy''s calendar.';
COMMENT ON COLUMN switchboard.report_sla.p50 IS 'Median of what the answers of the day took, to 1.6%; not told of one policy alone.';
COMMENT ON COLUMN switchboard.report_sla.p95 IS '95th percentile of the same.';
COMMENT ON COLUMN switchboard.report_sla.p99 IS '99th percentile of the same.';

CREATE VIEW switchboard.all_agent_figure AS
    SELECT day, at, agent, idle, busy, wrap_up, away, handled, wrap_up_took, accepted, assigned, declined, missed,
        completed
    FROM switchboard.agent_figure
    UNION ALL
    SELECT DATE '1970-01-01' + (a.tally->>'day')::integer,
        TIMESTAMPTZ '1970-01-01 00:00Z' + (a.tally->>'at')::bigint * INTERVAL '1 microsecond', a.id,
        coalesce((a.tally->>'idle')::bigint, 0), coalesce((a.tally->>'busy')::bigint, 0),
        coalesce((a.tally->>'wrap_up')::bigint, 0), coalesce((a.tally->>'away')::bigint, 0),
        coalesce((a.tally->>'handled')::bigint, 0), coalesce((a.tally->>'wrap_up_took')::bigint, 0),
        coalesce((a.tally->>'accepted')::integer, 0), coalesce((a.tally->>'assigned')::integer, 0),
        coalesce((a.tally->>'declined')::integer, 0), coalesce((a.tally->>'missed')::integer, 0),
        coalesce((a.tally->>'completed')::integer, 0)
    FROM switchboard.agent AS a
    WHERE a.tally IS NOT NULL;
COMMENT ON VIEW switchboard.all_agent_figure IS 'What agents did by quarters of an hour, with the one under way: up to the agent''s last change of activity, or the last full quarter.';

CREATE VIEW switchboard.report_agent AS
    SELECT f.day, f.agent,
        switchboard.seconds(sum(f.idle)) AS idle, switchboard.seconds(sum(f.busy)) AS busy,
        switchboard.seconds(sum(f.wrap_up)) AS wrap_up, switchboard.seconds(sum(f.away)) AS away,
        switchboard.share(sum(f.busy + f.wrap_up), sum(f.busy + f.wrap_up + f.idle)) AS occupancy,
        sum(f.accepted)::bigint AS accepted, sum(f.assigned)::bigint AS assigned, sum(f.declined)::bigint AS declined,
        sum(f.missed)::bigint AS missed, sum(f.completed)::bigint AS completed,
        switchboard.share(sum(f.missed), sum(f.accepted + f.declined + f.missed)) AS rona,
        switchboard.seconds(sum(f.handled + f.wrap_up_took) / nullif(sum(f.completed), 0)) AS aht
    FROM switchboard.all_agent_figure AS f
    GROUP BY f.day, f.agent;
COMMENT ON VIEW switchboard.report_agent IS 'What each agent did each day. Today''s goes up to the agent''s last change of activity, or the last full quarter of an hour.';
COMMENT ON COLUMN switchboard.report_agent.idle IS 'Seconds ready and without work.';
COMMENT ON COLUMN switchboard.report_agent.busy IS 'Seconds with assigned work, or held work that takes room.';
COMMENT ON COLUMN switchboard.report_agent.wrap_up IS 'Seconds with nothing but wrap-ups.';
COMMENT ON COLUMN switchboard.report_agent.away IS 'Seconds away, and without work.';
COMMENT ON COLUMN switchboard.report_agent.occupancy IS '(Busy + wrap-up) ÷ (busy + wrap-up + idle).';
COMMENT ON COLUMN switchboard.report_agent.rona IS 'Offers missed ÷ offers that the agent accepted, declined or missed.';
COMMENT ON COLUMN switchboard.report_agent.aht IS 'Average handle time: talk, hold and wrap-up ÷ completed, in seconds; work side by side counts side by side.';

-- The months are filled in the order of closing, so a range index finds a day for next to nothing.
CREATE INDEX closed_inquiry_closed_at_idx ON switchboard.closed_inquiry USING brin (closed_at) WITH (autosummarize = true);

CREATE VIEW switchboard.report_resolution AS
    SELECT r.day, r.queue, r.completed, r.resolved_at_once,
        switchboard.share(r.resolved_at_once, r.completed) AS fcr
    FROM switchboard.resolution_day AS r
    WHERE r.day <= (SELECT k.day FROM switchboard.report_kept AS k WHERE k.report = 'resolution');
COMMENT ON VIEW switchboard.report_resolution IS 'First contact resolution of each day by queue. A day is there when it ended 7 days ago and the upkeep of every five minutes has counted it.';
COMMENT ON COLUMN switchboard.report_resolution.day IS 'The day on which they were completed, in the plan''s defaults.timezone.';
COMMENT ON COLUMN switchboard.report_resolution.queue IS 'The queue in which they were completed.';
COMMENT ON COLUMN switchboard.report_resolution.completed IS 'Completed on that day and not reopened within 7 days.';
COMMENT ON COLUMN switchboard.report_resolution.resolved_at_once IS 'Completed, not as unresolved; never reopened; and no other inquiry of that customer came within 7 days. Without a customer none can have come.';
COMMENT ON COLUMN switchboard.report_resolution.fcr IS 'Resolved at once ÷ completed.';

-- A day is kept when it has been over for two days: a plan with a zone further west puts today back by one.
CREATE FUNCTION switchboard.keep_spans(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    zone text := switchboard.plan_timezone();
    today date := (SELECT (min(e.clock) AT TIME ZONE zone)::date FROM switchboard.engine AS e);
    keeping date := coalesce(
        (SELECT k.day + 1 FROM switchboard.report_kept AS k WHERE k.report = 'span'),
        (SELECT min(f.day) FROM switchboard.span_figure AS f));
    slices integer := 0;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
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
COMMENT ON FUNCTION switchboard.keep_spans IS 'Keeps the percentiles of at most p_slices more days that are over; returns of how many. SB001: deposed.';

-- By quarters of an hour: each inquiry is a look-up of its customer's later ones. Where a plan has changed the zone, a day
-- begins where the one before it ended.
CREATE FUNCTION switchboard.keep_resolution(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    zone text := switchboard.plan_timezone();
    clock timestamptz := (SELECT min(e.clock) FROM switchboard.engine AS e);
    keeping date;
    begins timestamptz;
    ends timestamptz;
    day_ends timestamptz;
    slices integer := 0;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    SELECT k.day + 1, k.until INTO keeping, begins FROM switchboard.report_kept AS k WHERE k.report = 'resolution';
    IF NOT FOUND THEN
        SELECT min(f.day) INTO keeping FROM switchboard.figure AS f;
        begins := keeping::timestamp AT TIME ZONE zone;
    END IF;
    WHILE slices < p_slices LOOP
        day_ends := greatest(begins, (keeping + 1)::timestamp AT TIME ZONE zone);
        ends := least(begins + INTERVAL '15 minutes', day_ends);
        EXIT WHEN (ends + INTERVAL '168 hours' <= clock) IS NOT TRUE;
        INSERT INTO switchboard.resolution_day AS r (completed, resolved_at_once, day, queue)
        SELECT count(*), count(*) FILTER (
                WHERE q.outcome IS DISTINCT FROM 'unresolved' AND NOT q.reopened AND NOT EXISTS (
                    SELECT FROM switchboard.all_inquiry AS later
                    WHERE later.customer COLLATE "C" = q.customer AND later.id > q.id
                        AND later.submitted_at < q.closed_at + INTERVAL '168 hours')),
            keeping, q.queue
        FROM switchboard.all_inquiry AS q
        WHERE q.state = 'completed' AND q.closed_at >= begins AND q.closed_at < ends
        GROUP BY q.queue
        ON CONFLICT (day, queue) DO UPDATE SET completed = r.completed + excluded.completed,
            resolved_at_once = r.resolved_at_once + excluded.resolved_at_once;
        IF ends = day_ends THEN keeping := keeping + 1; END IF;
        INSERT INTO switchboard.report_kept (report, day, until) VALUES ('resolution', keeping - 1, ends)
        ON CONFLICT (report) DO UPDATE SET day = excluded.day, until = excluded.until;
        begins := ends;
        slices := slices + 1;
    END LOOP;
    RETURN slices;
END
$$;
COMMENT ON FUNCTION switchboard.keep_resolution IS 'Counts the first contact resolution of at most p_slices more quarters of an hour that ended 7 days ago or earlier; returns of how many. SB001: deposed.';

-- Counts that a report tells as they were counted mean what they mean there.
DO $$
DECLARE
    told record;
BEGIN
    FOR told IN
        SELECT v.attrelid::regclass AS view, v.attname AS name, d.description
        FROM (VALUES
            ('switchboard.report_interval'::regclass, 'switchboard.figure'::regclass),
            ('switchboard.report_queue', 'switchboard.figure'), ('switchboard.report_sla', 'switchboard.promise_figure'),
            ('switchboard.report_agent', 'switchboard.agent_figure'), ('switchboard.report_span', 'switchboard.span_figure')
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
