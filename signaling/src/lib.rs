//! Signaling: HTTP API and WebSocket over one call center per account.
