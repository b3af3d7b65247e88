use model::{CallId, CommandId, LegId, MediaTime};
use sfu_core::{
    Config, Sfu,
    testing::{Client, ClientOptions, World},
};
use std::{cell::RefCell, time::Instant};
use wire::engine::{Command, Event, Request};

thread_local! {
    static SHARD: RefCell<(Sfu, String)> = RefCell::new({
        let now = Instant::now();
        let config = Config::new(vec![World::engine_address()], (now, MediaTime(1_000_000)));
        let mut client = Client::new(ClientOptions::new(World::client_address(0, 5000)), now);
        (Sfu::new(config, now), client.offer())
    });
}

/// A real offer in which a piece is replaced; where no piece is named, the input is the offer.
fn changed(offer: &str, input: &[u8]) -> String {
    let Some(([at_high, at_low, gone], new)) = input.split_first_chunk::<3>() else {
        return String::from_utf8_lossy(input).into_owned();
    };
    let at = usize::from(u16::from_be_bytes([*at_high, *at_low]));
    if at > offer.len() {
        return String::from_utf8_lossy(new).into_owned();
    }
    let end = (at + usize::from(*gone)).min(offer.len());
    let bytes = [&offer.as_bytes()[..at], new, &offer.as_bytes()[end..]].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An SDP offer of any content is answered or refused, once.
pub fn sfu_offers(input: &[u8]) {
    SHARD.with_borrow_mut(|(shard, offer)| {
        let (room, leg, id) = (CallId::of(1), LegId::of(1), CommandId::of(1));
        let now = Instant::now();
        let add = Command::AddLeg { room, leg, offer: changed(offer, input) };
        shard.handle_request(Request { id, command: add }, now);
        let mut answers = 0;
        while let Some(event) = shard.poll_event() {
            answers += u32::from(matches!(event, Event::Answer { .. } | Event::Refused { .. }));
        }
        assert_eq!(answers, 1);
        shard.handle_request(Request { id, command: Command::CloseRoom { room } }, now);
        while shard.poll_transmit().is_some() {}
        while shard.poll_event().is_some() {}
        assert_eq!(shard.legs().count(), 0);
    });
}
