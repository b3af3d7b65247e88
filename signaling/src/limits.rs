//! Limits of accounts, pages and links to the other roles. Those of the HTTP API are in [`crate::http`], those of
//! signing in in [`crate::auth`].

use std::{num::NonZeroU32, time::Duration};

/// Commands that wait for one account's call center; more are answered with 503.
pub const ACCOUNT_QUEUE: usize = 1024;
/// Commands in one transaction.
pub const GROUP_COMMANDS: usize = store::limits::GROUP_COMMANDS;
/// Replies, queries and effects of one turn before it is committed.
pub const TURN_OUTPUT: usize = 4096;
/// Pause before an account is built from the store again after that failed.
pub const REBUILD_PAUSE: Duration = Duration::from_millis(500);
/// How long a command to the engine or the recorder waits for room in their queue. They are meant to drain it at once.
pub const EFFECT_WAIT: Duration = Duration::from_secs(1);

/// How long a start waits for an engine in another process to say what it holds. Pages wait as long: who would be let
/// in before would be told to rejoin a call whose media flows.
pub const FIRST_HOLDINGS_TIME: Duration = Duration::from_secs(3);
/// Events of such an engine that may come before that.
pub const EVENTS_BEFORE_HOLDINGS: usize = 16_384;
/// Segments about which the recorder is asked in one command.
pub const SEGMENTS_ASKED: usize = 10_000;

/// Negotiations that wait for the engine at once.
pub const NEGOTIATIONS: usize = 4096;
/// How long the engine may take to answer an offer; less than the ten seconds that a page waits for its request.
pub const NEGOTIATION_TIME: Duration = Duration::from_secs(9);

/// The level from which a microphone counts as talked into: -47 dBov, above the noise of most rooms.
pub const TALK_LEVEL: u8 = 80;
/// Seconds in a row of such a level after which a leg that the recorder calls silent is an alarm.
pub const TALKS_FOR: u32 = 3;

/// Prompts of all accounts that are kept at hand; more cannot be made.
pub const PROMPTS_AT_HAND: usize = 4_096;
/// Their bytes.
pub const PROMPTS_AT_HAND_BYTES: usize = 512 << 20;
/// Pause before a prompt that could not be made is tried again.
pub const PROMPT_RETRY: Duration = Duration::from_secs(60);
/// Prompts that the engine is given to hold; for another, the one that was not named for longest goes. A shard takes some
/// more, so that what is counted differently there does not matter.
pub const ENGINE_PROMPTS: usize = 224;
/// Their bytes.
pub const ENGINE_PROMPTS_BYTES: usize = 224 << 20;

/// How long a new connection may take to say hello.
pub const HELLO_TIME: Duration = Duration::from_secs(5);
/// A connection without any frame for so long is closed.
pub const SILENCE: Duration = Duration::from_secs(15);
/// Bytes of one message from a page.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// Bytes of one frame: a message up to this size still gets an answer that says what is wrong; a longer one ends the
/// connection before it is read.
pub const FRAME_BYTES: usize = 4 * MESSAGE_BYTES;
/// Bytes that are set aside for what a page sends; a longer message takes more while it is read. Most pages are silent
/// but for their pings.
pub const READ_BYTES: usize = 2 * 1024;
/// Bytes of an SDP offer.
pub const SDP_BYTES: usize = 32 * 1024;
/// Messages that wait for a page; a page that is slower is closed.
pub const PAGE_QUEUE: usize = 256;
/// How long one frame to a page may take.
pub const SEND_TIME: Duration = Duration::from_secs(10);
/// Requests of one page that are being carried out at once.
pub const PAGE_REQUESTS: usize = 8;
/// Messages that a page may send at once, and how many more each second.
pub const PAGE_BURST: NonZeroU32 = NonZeroU32::new(60).expect("more than zero");
/// See [`PAGE_BURST`].
pub const PAGE_MESSAGES_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("more than zero");
/// Messages that cannot be read, or come too fast, before a connection is closed.
pub const PAGE_FAULTS: u32 = 10;
/// Characters of a client's name and version.
pub const BUILD_CHARS: usize = 128;
/// How long a page's credentials for TURN servers last.
pub const TURN_CREDENTIALS_TIME: Duration = Duration::from_secs(600);
