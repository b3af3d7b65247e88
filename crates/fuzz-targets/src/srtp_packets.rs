use srtp::{MasterKey, Profile, RTCP_OVERHEAD, RTP_OVERHEAD, Replay, RtcpOpener, RtcpSealer, RtpOpener, RtpSealer};

/// Nobody but us can make a packet that opens, and what we protect opens once. The input is a packet: as it is, and as
/// the text of one of ours; its first byte is the length of the header.
pub fn srtp_packets(input: &[u8]) {
    let Some((&header, packet)) = input.split_first() else { return };
    let header = usize::from(header);
    for profile in Profile::ALL {
        let (key, salt) = (vec![7; profile.key_bytes()], vec![9; profile.salt_bytes()]);
        let master = MasterKey::new(profile, &key, &salt).expect("the lengths are the profile's");
        let (opener, mut replay) = (RtpOpener::new(&master), Replay::default());
        assert!(opener.open(&mut replay, header, &mut packet.to_vec()).is_err());
        let mut control_opener = RtcpOpener::new(&master);
        assert!(control_opener.open(&mut packet.to_vec()).is_err());

        if (12..=packet.len()).contains(&header) {
            let index = replay.index_of(u16::from_be_bytes([packet[2], packet[3]]));
            let mut sealed = packet.to_vec();
            sealed.resize(packet.len() + RTP_OVERHEAD, 0);
            let length = RtpSealer::new(&master).seal(index, header, &mut sealed, packet.len());
            sealed.truncate(length);
            let mut opened = sealed.clone();
            assert_eq!(opener.open(&mut replay, header, &mut opened), Ok((index, packet.len())));
            assert_eq!(&opened[..packet.len()], packet);
            assert!(opener.open(&mut replay, header, &mut sealed).is_err(), "it came before");
        }
        if packet.len() >= 8 {
            let mut sealed = packet.to_vec();
            sealed.resize(packet.len() + RTCP_OVERHEAD, 0);
            let length = RtcpSealer::new(&master).seal(&mut sealed, packet.len());
            sealed.truncate(length);
            let mut opened = sealed.clone();
            assert_eq!(control_opener.open(&mut opened), Ok(packet.len()));
            assert_eq!(&opened[..packet.len()], packet);
            assert!(control_opener.open(&mut sealed).is_err(), "it came before");
        }
    }
}
