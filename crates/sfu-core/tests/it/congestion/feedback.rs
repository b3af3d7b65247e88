//! Transport-wide feedback, checked against another implementation.

use super::random::Random;
use rtc_rtcp::{
    Packet,
    packet::{marshal, unmarshal},
    transport_feedbacks::transport_layer_cc::{
        PacketStatusChunk, RecvDelta, RunLengthChunk, StatusChunkTypeTcc, StatusVectorChunk, SymbolSizeTypeTcc,
        SymbolTypeTcc, TransportLayerCc,
    },
};
use sfu_core::congestion::{
    Arrivals, Feedback, FeedbackError,
    limits::{ARRIVALS, FEEDBACK_BYTES, FEEDBACK_INTERVAL, FEEDBACK_PACKETS},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// What a feedback packet says: numbers, and arrivals in microseconds.
type Told = Vec<(u16, Option<i64>)>;

fn read_by_us(bytes: &[u8]) -> Told {
    let feedback = Feedback::parse(bytes).expect("readable");
    let reference = i64::from(feedback.reference) * 64_000;
    let packets = feedback.packets();
    packets.map(|(sequence, ticks)| (sequence, ticks.map(|ticks| reference + i64::from(ticks) * 250))).collect()
}

fn read_by_another(bytes: &[u8]) -> Told {
    let packets = unmarshal(&mut &bytes[..]).expect("readable");
    assert_eq!(packets.len(), 1);
    let feedback = packets[0].as_any().downcast_ref::<TransportLayerCc>().expect("feedback");
    assert_eq!((feedback.sender_ssrc, feedback.media_ssrc), (1, 2));
    let symbols = feedback.packet_chunks.iter().flat_map(|chunk| match chunk {
        PacketStatusChunk::RunLengthChunk(run) => vec![run.packet_status_symbol; run.run_length.into()],
        PacketStatusChunk::StatusVectorChunk(vector) => vector.symbol_list.clone(),
    });
    let mut at = i64::from(feedback.reference_time) * 64_000;
    let mut deltas = feedback.recv_deltas.iter();
    let told = symbols.take(feedback.packet_status_count.into()).enumerate().map(|(index, symbol)| {
        let arrived = symbol != SymbolTypeTcc::PacketNotReceived;
        at += if arrived { deltas.next().expect("a delta").delta } else { 0 };
        (feedback.base_sequence_number.wrapping_add(index as u16), arrived.then_some(at))
    });
    told.collect()
}

fn build_all(arrivals: &mut Arrivals, room: usize) -> Vec<Vec<u8>> {
    let mut built = Vec::new();
    let mut out = vec![0xaa; room];
    while let Some(length) = arrivals.build(1, 2, &mut out) {
        assert!(length <= room && length.is_multiple_of(4));
        built.push(out[..length].to_vec());
        assert!(built.len() < 10_000, "no end of it");
    }
    built
}

#[test]
fn what_arrived_is_told_whatever_was_lost_or_overtaken() {
    let mut random = Random::seeded(1);
    for round in 0..300 {
        let start = Instant::now();
        let mut arrivals = Arrivals::new(start);
        let (loss, shake) = (random.chance() * 0.6, 1 + random.below(120_000));
        let mut number = random.next() as u16;
        let mut at = random.below(3_000_000_000);
        let mut due: Vec<(u64, u16)> = Vec::new();
        for _ in 0..200 {
            let pause = if random.chance() < 0.01 { 20_000_000 } else { 20_000 };
            at += random.below(pause);
            number = number.wrapping_add(1);
            if random.chance() >= loss {
                due.push((at + random.below(shake), number));
            }
        }
        due.sort();
        let room = if round % 3 == 0 { 40 + random.below(100) as usize } else { FEEDBACK_BYTES };
        let mut told = BTreeMap::new();
        for (index, (at, number)) in due.iter().enumerate() {
            arrivals.note(*number, start + Duration::from_micros(*at));
            if index % 40 == 39 || index + 1 == due.len() {
                for packet in build_all(&mut arrivals, room) {
                    let by_us = read_by_us(&packet);
                    assert_eq!(by_us, read_by_another(&packet), "round {round}");
                    told.extend(by_us.into_iter().filter_map(|(number, at)| Some((number, at?))));
                }
            }
        }
        assert_eq!(told.len(), due.len(), "round {round}: each that arrived, and no other");
        for (at, number) in due {
            let late = at as i64 - told[&number];
            assert!((0..250).contains(&late), "round {round}: {number} is told {late} µs early");
        }
    }
}

#[test]
fn what_another_implementation_writes_is_read() {
    let mut random = Random::seeded(2);
    for round in 0..500 {
        let mut feedback = TransportLayerCc {
            sender_ssrc: 1,
            media_ssrc: 2,
            base_sequence_number: random.next() as u16,
            reference_time: random.below(1 << 24) as u32,
            fb_pkt_count: random.next() as u8,
            ..TransportLayerCc::default()
        };
        for _ in 0..1 + random.below(20) {
            let symbols = add_chunk(&mut feedback, &mut random);
            feedback.packet_status_count += symbols.len() as u16;
            feedback.recv_deltas.extend(symbols.into_iter().filter_map(|symbol| delta(symbol, &mut random)));
        }
        if feedback.recv_deltas.is_empty() {
            // The other one does not read its own feedback when nothing follows the chunks.
            continue;
        }
        let packets: [Box<dyn Packet>; 1] = [Box::new(feedback)];
        let bytes = marshal(&packets).expect("well formed");
        assert_eq!(read_by_us(&bytes), read_by_another(&bytes), "round {round}");
    }
}

fn add_chunk(feedback: &mut TransportLayerCc, random: &mut Random) -> Vec<SymbolTypeTcc> {
    let kind = random.below(3);
    let symbol = |random: &mut Random, kinds| match random.below(kinds) {
        0 => SymbolTypeTcc::PacketNotReceived,
        1 => SymbolTypeTcc::PacketReceivedSmallDelta,
        _ => SymbolTypeTcc::PacketReceivedLargeDelta,
    };
    if kind == 0 {
        let (packet_status_symbol, run_length) = (symbol(random, 3), 1 + random.below(60) as u16);
        let run = RunLengthChunk { type_tcc: StatusChunkTypeTcc::RunLengthChunk, packet_status_symbol, run_length };
        feedback.packet_chunks.push(PacketStatusChunk::RunLengthChunk(run));
        return vec![packet_status_symbol; run_length.into()];
    }
    let (symbol_size, length) =
        if kind == 1 { (SymbolSizeTypeTcc::OneBit, 14) } else { (SymbolSizeTypeTcc::TwoBit, 7) };
    let symbol_list: Vec<_> = (0..length).map(|_| symbol(random, 1 + kind)).collect();
    let type_tcc = StatusChunkTypeTcc::StatusVectorChunk;
    let vector = StatusVectorChunk { type_tcc, symbol_size, symbol_list: symbol_list.clone() };
    feedback.packet_chunks.push(PacketStatusChunk::StatusVectorChunk(vector));
    symbol_list
}

fn delta(symbol: SymbolTypeTcc, random: &mut Random) -> Option<RecvDelta> {
    let ticks = match symbol {
        SymbolTypeTcc::PacketReceivedSmallDelta => random.below(256) as i64,
        SymbolTypeTcc::PacketReceivedLargeDelta => random.below(65_536) as i64 - 32_768,
        _ => return None,
    };
    Some(RecvDelta { type_tcc_packet: symbol, delta: ticks * 250 })
}

#[test]
fn no_bytes_break_the_reader() {
    let mut random = Random::seeded(3);
    let start = Instant::now();
    let mut arrivals = Arrivals::new(start);
    (0..60_u16).filter(|number| number % 7 != 0).for_each(|number| {
        arrivals.note(number, start + Duration::from_millis(u64::from(number * number)));
    });
    let valid = build_all(&mut arrivals, FEEDBACK_BYTES).concat();
    let (mut readable, mut unreadable) = (0, 0);
    for _ in 0..200_000 {
        let mut bytes = valid.clone();
        for _ in 0..1 + random.below(6) {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] = random.next() as u8;
        }
        bytes.truncate(if random.chance() < 0.2 { random.below(bytes.len() as u64) as usize } else { bytes.len() });
        match Feedback::parse(&bytes) {
            Ok(feedback) => {
                readable += 1;
                let count = usize::from(u16::from_be_bytes([bytes[14], bytes[15]]));
                assert_eq!(feedback.packets().count(), count, "{bytes:?}");
            }
            Err(_) => unreadable += 1,
        }
    }
    assert!(readable > 1000 && unreadable > 1000, "{readable} {unreadable}");
}

#[test]
fn what_is_wrong_is_named() {
    let start = Instant::now();
    let mut arrivals = Arrivals::new(start);
    arrivals.note(7, start);
    let valid = build_all(&mut arrivals, FEEDBACK_BYTES).remove(0);
    let broken = |at: usize, byte: u8| {
        let mut bytes = valid.clone();
        bytes[at] = byte;
        Feedback::parse(&bytes).map(|_| ()).expect_err("broken")
    };
    assert_eq!(broken(1, 206), FeedbackError::NotFeedback);
    assert_eq!(broken(0, 0x8e), FeedbackError::NotFeedback);
    assert_eq!(broken(3, 9), FeedbackError::Short(24));
    assert_eq!(broken(14, 0xff), FeedbackError::TooMany(0xff01));
    assert_eq!(broken(15, 200), FeedbackError::Incomplete);
    assert_eq!(broken(20, 0x60), FeedbackError::Reserved);
    let mut padded = valid.clone();
    padded[0] |= 0x20;
    padded[23] = 9;
    assert_eq!(Feedback::parse(&padded).expect_err("too much padding"), FeedbackError::Padding(9));
    padded[23] = 1;
    assert_eq!(read_by_us(&padded), [(7, Some(0))]);
}

#[test]
fn feedback_is_due_after_an_interval_or_many_packets() {
    let start = Instant::now();
    let mut arrivals = Arrivals::new(start);
    assert_eq!(arrivals.poll_timeout(), None);
    arrivals.note(1, start);
    assert_eq!(arrivals.poll_timeout(), Some(start + FEEDBACK_INTERVAL));
    (2..=FEEDBACK_PACKETS).for_each(|number| arrivals.note(number, start));
    assert_eq!(arrivals.poll_timeout(), Some(start));
    assert_eq!(build_all(&mut arrivals, FEEDBACK_BYTES).len(), 1);
    assert_eq!(arrivals.poll_timeout(), None);
}

#[test]
fn jumps_repeats_and_stale_numbers_are_harmless() {
    let start = Instant::now();
    let mut arrivals = Arrivals::new(start);
    arrivals.note(65_000, start);
    build_all(&mut arrivals, FEEDBACK_BYTES);
    arrivals.note(65_000, start);
    arrivals.note(64_000, start);
    assert_eq!(build_all(&mut arrivals, FEEDBACK_BYTES), Vec::<Vec<u8>>::new(), "told before, or too old");
    arrivals.note(40_000, start);
    let jumped = build_all(&mut arrivals, FEEDBACK_BYTES).remove(0);
    assert_eq!(read_by_us(&jumped), [(40_000, Some(0))], "begins anew");
    arrivals.note(41_000, start);
    let gap = build_all(&mut arrivals, FEEDBACK_BYTES).remove(0);
    let told = read_by_us(&gap);
    assert_eq!((told.len(), told.last()), (ARRIVALS, Some(&(41_000, Some(0)))), "only what is remembered");
}
