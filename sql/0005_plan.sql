-- What rules, queues and steps make of an inquiry. NULL for most: no row is written anew, and one without is no longer.
ALTER TABLE switchboard.inquiry
    ADD COLUMN stay json,
    ADD COLUMN parts text[];
COMMENT ON COLUMN switchboard.inquiry.stay IS 'In its queue: {"waited": microseconds it had waited before waiting_since, "steps": steps that have fired, "moves": how often it was moved by itself}; NULL for none of it.';
COMMENT ON COLUMN switchboard.inquiry.parts IS 'What skills is made of, {"billing:3 rule:gold customers"}: skill, level, who requires it; NULL where the request is all of it.';
