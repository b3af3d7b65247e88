use bytes::Bytes;
use model::{Codec, MediaTime};
use recording_core::{
    Assembler, BlockTrack,
    mux::{FinishError, FinishPlan, LiveIndex, LiveTracks, LiveWriter, check},
    timeline::Packet,
};
use std::convert::Infallible;

/// Bytes of a packet's description in the input.
const DESCRIPTION: usize = 7;

/// Whatever packets a participant sends, its recording is a file that passes the check.
pub fn recorded_packets(input: &[u8]) {
    let Some((&codec, mut rest)) = input.split_first() else { return };
    let codec = if codec % 2 == 0 { Codec::Vp8 } else { Codec::H264 };
    let epoch = MediaTime(1_000_000_000_000);
    let mut assembler = Assembler::new(epoch, true, Some(codec));
    let (mut arrival, mut sequence, mut rtp_time) = (epoch.0, 65_536_u64, 0_u32);
    while let Some((description, after)) = rest.split_at_checked(DESCRIPTION) {
        let [flags, wait, skip, time_high, time_low, ssrc, length] = description else { unreachable!() };
        let (payload, after) = after.split_at(usize::from(*length).min(after.len()));
        rest = after;
        arrival += u64::from(*wait) * 1000;
        sequence = (sequence + u64::from(*skip % 8)).saturating_sub(u64::from(flags & 4));
        rtp_time = rtp_time.wrapping_add(u32::from(u16::from_be_bytes([*time_high, *time_low])));
        let track = if flags & 1 == 0 { BlockTrack::Audio } else { BlockTrack::Video };
        assembler.push(
            track,
            Packet {
                arrival: MediaTime(arrival),
                ssrc: u32::from(*ssrc % 3),
                rtp_time,
                sequence,
                marker: flags & 2 != 0,
                payload: Bytes::copy_from_slice(payload),
            },
        );
        assembler.advance(MediaTime(arrival));
    }
    assembler.finish(MediaTime(arrival + 20_000));

    let mut blocks = assembler.take_blocks();
    blocks.sort_by_key(|block| block.place_us);
    let writer = LiveWriter::new(LiveTracks { audio: true, video: assembler.video_format().cloned() });
    let mut live = writer.head();
    let mut unwritten = &blocks[..];
    while !unwritten.is_empty() {
        let (cluster, taken) = writer.cluster(unwritten.iter());
        assert!(taken > 0, "a cluster takes a block");
        live.extend(cluster);
        unwritten = &unwritten[taken..];
    }
    let mut index = LiveIndex::default();
    index.add_part(&live[..]).expect("what we wrote can be read");
    assert_eq!((index.torn_bytes(), index.items().len()), (0, blocks.len()));
    let plan = match FinishPlan::new(index) {
        Ok(plan) => plan,
        Err(FinishError::Empty | FinishError::NoParameters) => return,
    };
    let mut finished = Vec::new();
    let read = |_, offset: u64, length: u32| {
        let offset = usize::try_from(offset).expect("within the file");
        Ok::<_, Infallible>(live[offset..offset + length as usize].to_vec())
    };
    let Ok(()) = plan.write(read, |bytes| {
        finished.extend_from_slice(bytes);
        Ok(())
    });
    check(plan.container(), &finished[..]).expect("a finished file is sound");
}
