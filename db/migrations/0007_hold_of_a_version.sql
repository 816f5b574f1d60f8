-- Why: what the oracle rejects is a certificate of one policy version, and a hold on the product could never end. A
-- hold names its version; the next version begins free, and its first certificate waits for the oracle again.
ALTER TABLE product_hold ADD COLUMN policy_sha256 bytea CHECK (length(policy_sha256) = 32);
CREATE INDEX product_hold_of_version ON product_hold (policy_sha256) WHERE held;
