//! Limits of the HTTP API.

use std::time::Duration;

/// Largest body of an API request, in bytes.
pub(crate) const BODY_MAX_BYTES: usize = 64 * 1024;
/// How long an API request may take. Downloads and WebSockets are not bound by it.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a client may take to send a request's headers, and how long an idle connection is kept.
pub(crate) const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a TLS handshake may take.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at once, on the public and on the admin address each.
pub(crate) const CONNECTIONS: usize = 10_000;
/// How long a connection that was accepted before a shutdown may take to its first request.
pub(crate) const FIRST_REQUEST_GRACE: Duration = Duration::from_secs(1);
/// How long open connections may go on when the server stops.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// How often certificate files are looked at for a change.
pub(crate) const CERTIFICATE_CHECK: Duration = Duration::from_secs(10);
/// What a client is told to wait when the server is overloaded or the disk is full.
pub(crate) const RETRY_AFTER_BUSY: Duration = Duration::from_secs(5);
/// Rows of a page under `/ccaas/1`, at most.
pub(crate) const LIMIT_MAX: u32 = 999;
/// Rows of a page under `/ccaas/1` when the request does not say.
pub(crate) const LIMIT_DEFAULT: u32 = 10;
/// Rows of a page under `/call-link/1` and `/webrtc/1`, at most.
pub(crate) const SIZE_MAX: u32 = 100;
/// Rows of a page under `/call-link/1` and `/webrtc/1` when the request does not say.
pub(crate) const SIZE_DEFAULT: u32 = 20;
/// Rows of a page of agents or queues that take transfers, at most.
pub(crate) const TARGETS_MAX: u32 = 2000;
/// Rows of a page of configurations under `/ccaas/voice/2`, at most.
pub(crate) const ELEMENTS_MAX: u32 = 999;
/// Rows of a page of configurations under `/ccaas/voice/2` when the request does not say.
pub(crate) const ELEMENTS_DEFAULT: u32 = 20;
/// Largest body of an upload, in bytes: a file and what a form puts around it.
pub(crate) const UPLOAD_MAX_BYTES: usize = prompts::limits::FILE_BYTES + 16 * 1024;
/// Audio files of one account.
pub(crate) const AUDIO_FILES: u32 = 500;
/// Characters of an uploaded file's name.
pub(crate) const UPLOAD_NAME_CHARS: usize = 255;
/// How long a request with a file in it may take: the largest comes over 2 Mbit/s in that time.
pub(crate) const UPLOAD_TIMEOUT: Duration = Duration::from_secs(45);
/// Uploads that are decoded at once.
pub(crate) const AUDIO_DECODES: usize = 1;
/// Largest body of an upload of an image, in bytes: the largest that is allowed, and what a form puts around it.
pub(crate) const IMAGE_UPLOAD_MAX_BYTES: usize = images::limits::BACKGROUND.bytes + 16 * 1024;
/// Images of one account, for pages of call links.
pub(crate) const LINK_IMAGES: u32 = 50;
/// Subdomains of one account, as the public API has it.
pub(crate) const SUBDOMAINS: u32 = 3;
/// Images that are decoded at once.
pub(crate) const IMAGE_DECODES: usize = 1;
/// Query parameters of one request.
pub(crate) const QUERY_PARAMETERS: usize = 1000;
/// Events that a conversation's timeline shows, at most.
pub(crate) const TIMELINE_EVENTS: usize = 2000;
/// JSON text of a call's free values, in characters.
pub(crate) const CUSTOM_DATA_MAX_CHARS: usize = 920;
/// Bytes read from a recording at once.
pub(crate) const FILE_CHUNK_BYTES: usize = 64 * 1024;
/// Stretches of recordings that are decoded at once.
pub(crate) const RECORDINGS_DECODED_AT_ONCE: usize = 2;
/// How long the answer to a request with an idempotency key is kept.
pub(crate) const IDEMPOTENCY_KEY_LIFE: Duration = Duration::from_hours(24);
/// How long a request with an idempotency key may take before it counts as interrupted.
pub(crate) const IDEMPOTENT_RUN_TIME: Duration = Duration::from_secs(60);
/// Largest body of a request with an idempotency key, in bytes: it is read before its operation's own limit counts.
pub(crate) const IDEMPOTENT_BODY_MAX_BYTES: usize = 11 * 1024 * 1024;
/// Largest answer that is kept, in bytes; no operation that makes something answers with more.
pub(crate) const IDEMPOTENT_ANSWER_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Pairs of caller and operation whose requests are counted at once.
pub(crate) const TRACKED_CALLERS: usize = 100_000;
/// Largest answer that gets an `ETag`, in bytes: nothing that can be changed is larger.
pub(crate) const ETAG_BODY_MAX_BYTES: usize = 1024 * 1024;
/// Paths that are changed at once; more wait for each other.
pub(crate) const PATHS_CHANGED_AT_ONCE: usize = 256;
