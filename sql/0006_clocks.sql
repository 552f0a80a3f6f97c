-- What is promised of an inquiry's way, and the time that it has taken.
ALTER TABLE switchboard.inquiry
    ADD COLUMN policy text,
    ADD COLUMN policy_version integer,
    ADD COLUMN clocks json,
    ADD COLUMN failed text[],
    ADD CONSTRAINT inquiry_policy CHECK ((policy IS NULL) = (policy_version IS NULL)),
    ADD CONSTRAINT inquiry_clocks CHECK (clocks IS NULL OR policy IS NOT NULL);

COMMENT ON COLUMN switchboard.inquiry.policy IS 'The SLA policy that covers it; NULL for none.';
COMMENT ON COLUMN switchboard.inquiry.failed IS 'Conditions that could not be evaluated when it was routed, {"rule:gold customers",policy:vip}; NULL for none.';
COMMENT ON COLUMN switchboard.inquiry.policy_version IS 'The version of the plan that the policy is of.';
COMMENT ON COLUMN switchboard.inquiry.clocks IS '{"assign": microseconds that it has run by the policy''s calendar, "assign.since": since when it runs besides (microseconds since 1970), "assign.on": 1 while it stands still, "assign.fired": thresholds that have fired, "assign.verdict": 1 met, 2 breached, …, "responded": 1 after the first response}; NULL where none was ever on.';
