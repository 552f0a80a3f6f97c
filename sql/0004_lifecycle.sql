-- What the rest of an inquiry's life needs: schedules, preferred agents, holds, expiry, ratings, paused queues.

-- Columns can only be added behind the texts. All of them may be NULL, so no row is written anew, and one that has none
-- of them is no longer than it was.
ALTER TABLE switchboard.inquiry
    ADD COLUMN decision_seq bigint,
    ADD COLUMN waiting_since timestamptz,
    ADD COLUMN scheduled_at timestamptz,
    ADD COLUMN hold_until timestamptz,
    ADD COLUMN hold bigint,
    ADD COLUMN csat smallint,
    ADD COLUMN nps smallint,
    ADD COLUMN preferred text,
    ADD COLUMN prefer json,
    ADD COLUMN comment text,
    DROP CONSTRAINT inquiry_state,
    ADD CONSTRAINT inquiry_state CHECK (
        CASE state
            WHEN 'scheduled' THEN agent IS NULL AND offer_expires IS NULL AND closed_at IS NULL AND scheduled_at IS NOT NULL
            WHEN 'waiting' THEN agent IS NULL AND offer_expires IS NULL AND closed_at IS NULL
            WHEN 'offered' THEN agent IS NOT NULL AND offer_expires IS NOT NULL AND closed_at IS NULL
            WHEN 'assigned' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL
            WHEN 'held' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL
            WHEN 'completed' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NOT NULL AND accepted_at IS NOT NULL
            WHEN 'abandoned' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            WHEN 'cancelled' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            WHEN 'expired' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            ELSE false
        END
    ),
    ADD CONSTRAINT inquiry_decision_seq CHECK (decision_seq > 0),
    ADD CONSTRAINT inquiry_hold CHECK (hold >= 0),
    ADD CONSTRAINT inquiry_csat CHECK (csat BETWEEN 1 AND 5),
    ADD CONSTRAINT inquiry_nps CHECK (nps BETWEEN 0 AND 10);
COMMENT ON COLUMN switchboard.inquiry.closed_at IS 'When it was completed, abandoned, cancelled or expired.';
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

-- A customer's inquiries, the newest last. Neither column changes while the inquiry lives, so its updates stay in their
-- page (HOT); state, agent and times do change, so they are not here and are read from the rows. By bytes: that is all
-- that equality needs, it is the cheapest to insert into, and no new version of a collation can break it.
CREATE INDEX inquiry_customer_idx ON switchboard.inquiry (customer COLLATE "C", id) WHERE customer IS NOT NULL;

ALTER TABLE switchboard.engine
    ADD COLUMN expired bigint NOT NULL DEFAULT 0,
    ADD COLUMN paused text[],
    DROP CONSTRAINT engine_totals,
    ADD CONSTRAINT engine_totals CHECK (
        completed >= 0 AND abandoned >= 0 AND cancelled >= 0 AND expired >= 0
        AND submitted >= completed + abandoned + cancelled + expired
    ),
    ADD CONSTRAINT engine_paused CHECK (cardinality(paused) >= 1);
COMMENT ON COLUMN switchboard.engine.submitted IS 'Inquiries ever accepted = completed + abandoned + cancelled + expired + live.';
COMMENT ON COLUMN switchboard.engine.completed IS 'Without those that were reopened since.';
COMMENT ON COLUMN switchboard.engine.expired IS 'Inquiries that waited for as long as the plan lets anything wait.';
COMMENT ON COLUMN switchboard.engine.paused IS 'The queues that are paused, in the order of the plan; NULL for none.';

-- The first statement of every batch. It alone decides whether a batch may be committed: the lease is only liveness.
-- The comparison spares a long list of paused queues, which is stored apart from the row, from being stored anew.
CREATE FUNCTION switchboard.fence(
    p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamptz,
    p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_expired bigint,
    p_draining boolean, p_paused text[], p_lease interval
) RETURNS void LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION switchboard.fence(
    smallint, bigint, bigint, bigint, bigint, timestamptz, bigint, bigint, bigint, bigint, bigint, boolean, text[], interval
) IS 'Opens batch n: sets batch = n where epoch is the caller''s and batch = n - 1, and prolongs the lease. SB001: deposed.';

-- What a daemon of the version before calls. Whoever applied this file has taken the lease from it, so all that is left
-- to tell it is that it is deposed.
CREATE OR REPLACE FUNCTION switchboard.fence(
    p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamptz,
    p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'batch % of epoch % is not the next one of site %', p_batch, p_epoch, p_site
        USING ERRCODE = 'SB001', DETAIL = 'A newer version of switchboard has brought the schema up to date.';
END
$$;
COMMENT ON FUNCTION switchboard.fence(
    smallint, bigint, bigint, bigint, bigint, timestamptz, bigint, bigint, bigint, bigint, boolean, interval
) IS 'The fence of an older version: SB001, deposed.';
