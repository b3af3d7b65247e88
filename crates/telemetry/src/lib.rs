//! Logs, metrics and personal data kept out of both.
