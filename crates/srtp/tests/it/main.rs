//! Against another implementation, and against what an attacker changes.

use proptest::prelude::*;
use rtc_srtp::{context::Context, protection_profile::ProtectionProfile};
use srtp::{
    MasterKey, OpenError, Profile, RTCP_OVERHEAD, RTP_OVERHEAD, Replay, RtcpOpener, RtcpSealer, RtpOpener, RtpSealer,
};

const KEY: [u8; 32] = [7; 32];
const SALT: [u8; 14] = [9; 14];

fn master(profile: Profile) -> MasterKey {
    let (key, salt) = (&KEY[..profile.key_bytes()], &SALT[..profile.salt_bytes()]);
    MasterKey::new(profile, key, salt).expect("the lengths are the profile's")
}

fn theirs(profile: Profile) -> Context {
    let name = match profile {
        Profile::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
        Profile::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        Profile::Aes128CmSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
    };
    let crypto = rtc_crypto::providers::AwsLcRsCrypto;
    let (key, salt) = (&KEY[..profile.key_bytes()], &SALT[..profile.salt_bytes()]);
    Context::new(key, salt, name, None, None, &crypto).expect("the lengths are the profile's")
}

/// A packet with an extension of one word.
fn rtp(sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x90, 111];
    packet.extend(sequence.to_be_bytes());
    packet.extend(1234_u32.to_be_bytes());
    packet.extend(0xcafe_u32.to_be_bytes());
    packet.extend([0xbe, 0xde, 0, 1, 0x10, 0x7f, 0, 0]);
    packet.extend(payload);
    packet
}

const RTP_HEADER: usize = 20;

/// A receiver report with a word of its own content.
fn rtcp(content: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 2];
    packet.extend(0xbeef_u32.to_be_bytes());
    packet.extend(content.to_be_bytes());
    packet
}

fn seal_rtp(sealer: &RtpSealer, index: u64, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + RTP_OVERHEAD, 0);
    let length = sealer.seal(index, RTP_HEADER, &mut buffer, packet.len());
    buffer.truncate(length);
    buffer
}

fn seal_rtcp(sealer: &mut RtcpSealer, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + RTCP_OVERHEAD, 0);
    let length = sealer.seal(&mut buffer, packet.len());
    buffer.truncate(length);
    buffer
}

#[test]
fn another_implementation_reads_what_is_sealed_over_a_roll_over() {
    for profile in Profile::ALL {
        let (sealer, mut theirs) = (RtpSealer::new(&master(profile)), theirs(profile));
        for index in 65_530..65_545_u64 {
            let packet = rtp(index as u16, b"sound of any kind");
            let opened = theirs.decrypt_rtp(&seal_rtp(&sealer, index, &packet));
            // The other side counts roll-overs from the first packet that it sees.
            assert_eq!(opened.expect("authentic").as_ref(), packet, "{profile:?} {index}");
        }
    }
}

#[test]
fn what_another_implementation_seals_is_read_over_a_roll_over() {
    for profile in Profile::ALL {
        let (opener, mut replay, mut theirs) = (RtpOpener::new(&master(profile)), Replay::default(), theirs(profile));
        for index in 65_530..65_545_u64 {
            let packet = rtp(index as u16, b"sound of any kind");
            let mut sealed = theirs.encrypt_rtp(&packet).expect("sealed").to_vec();
            let opened = opener.open(&mut replay, RTP_HEADER, &mut sealed);
            assert_eq!(opened, Ok((index, packet.len())), "{profile:?}");
            assert_eq!(sealed[..packet.len()], packet);
        }
    }
}

#[test]
fn control_packets_are_read_both_ways() {
    for profile in Profile::ALL {
        let (mut sealer, mut opener) = (RtcpSealer::new(&master(profile)), RtcpOpener::new(&master(profile)));
        let (mut reads, mut writes) = (theirs(profile), theirs(profile));
        for content in 0..5 {
            let packet = rtcp(content);
            let opened = reads.decrypt_rtcp(&seal_rtcp(&mut sealer, &packet)).expect("authentic");
            assert_eq!(opened.as_ref(), packet, "{profile:?}");
            let mut sealed = writes.encrypt_rtcp(&packet).expect("sealed").to_vec();
            assert_eq!(opener.open(&mut sealed), Ok(packet.len()), "{profile:?}");
            assert_eq!(sealed[..packet.len()], packet);
        }
    }
}

#[test]
fn a_repeated_packet_is_refused() {
    for profile in Profile::ALL {
        let (sealer, opener) = (RtpSealer::new(&master(profile)), RtpOpener::new(&master(profile)));
        let mut replay = Replay::default();
        let sealed = seal_rtp(&sealer, 5, &rtp(5, b"once"));
        assert!(opener.open(&mut replay, RTP_HEADER, &mut sealed.clone()).is_ok());
        assert_eq!(opener.open(&mut replay, RTP_HEADER, &mut sealed.clone()), Err(OpenError::Replayed));
        let (mut sealer, mut opener) = (RtcpSealer::new(&master(profile)), RtcpOpener::new(&master(profile)));
        let sealed = seal_rtcp(&mut sealer, &rtcp(1));
        assert!(opener.open(&mut sealed.clone()).is_ok());
        assert_eq!(opener.open(&mut sealed.clone()), Err(OpenError::Replayed));
    }
}

#[test]
fn a_forged_packet_does_not_move_the_window() {
    let (sealer, opener) = (RtpSealer::new(&master(Profile::ALL[0])), RtpOpener::new(&master(Profile::ALL[0])));
    let mut replay = Replay::default();
    let mut forged = seal_rtp(&sealer, 30_000, &rtp(30_000, b"far ahead"));
    *forged.last_mut().expect("not empty") ^= 1;
    assert_eq!(opener.open(&mut replay, RTP_HEADER, &mut forged), Err(OpenError::Forged));
    let mut first = seal_rtp(&sealer, 7, &rtp(7, b"first"));
    assert_eq!(opener.open(&mut replay, RTP_HEADER, &mut first).map(|(index, _)| index), Ok(7));
}

proptest! {
    #[test]
    fn any_changed_bit_is_noticed(profile in 0_usize..3, bit in 0_usize..320, payload in prop::collection::vec(any::<u8>(), 20..60)) {
        let profile = Profile::ALL[profile];
        let (sealer, opener) = (RtpSealer::new(&master(profile)), RtpOpener::new(&master(profile)));
        let mut sealed = seal_rtp(&sealer, 9, &rtp(9, &payload));
        sealed[bit / 8] ^= 1 << (bit % 8);
        let opened = opener.open(&mut Replay::default(), RTP_HEADER, &mut sealed);
        prop_assert_eq!(opened, Err(OpenError::Forged));
    }

    #[test]
    fn arbitrary_bytes_are_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..100), header in 0_usize..40) {
        for profile in Profile::ALL {
            let opener = RtpOpener::new(&master(profile));
            prop_assert!(opener.open(&mut Replay::default(), header, &mut bytes).is_err());
            prop_assert!(RtcpOpener::new(&master(profile)).open(&mut bytes).is_err());
        }
    }
}
