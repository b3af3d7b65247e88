//! The call center of one account as a state machine without IO.
