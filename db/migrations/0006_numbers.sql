-- Why: a number of a range names one element for ever. Drawn anew for a second attempt, after a void or a burnt
-- intent, it would give the element another name, and the device's name is its own for good.

CREATE TABLE element_number (
    element  text NOT NULL REFERENCES element (id),
    product  text NOT NULL,
    number   bigint NOT NULL CHECK (number > 0),
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (element, product),
    UNIQUE (product, number)
);
CALL make_history('element_number');
