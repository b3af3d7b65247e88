use super::DepacketiseError;
use super::bits::Bits;

/// Profiles whose sequence parameter set carries chroma format and scaling lists, ITU-T H.264 §7.3.2.1.1.
const HIGH_PROFILES: [u8; 12] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134];

/// Width and height in pixels from a sequence parameter set NAL unit, header byte included (ITU-T H.264 §7.3.2.1).
pub fn picture_size(sps: &[u8]) -> Result<(u16, u16), DepacketiseError> {
    let raw = without_emulation_prevention(sps);
    let profile = *raw.get(1).ok_or(DepacketiseError::Header)?;
    let mut bits = Bits::new(raw.get(4..).ok_or(DepacketiseError::Header)?);
    bits.unsigned()?; // seq_parameter_set_id
    let chroma = if HIGH_PROFILES.contains(&profile) { chroma_format(&mut bits)? } else { 1 };
    skip_to_size(&mut bits)?;
    let width_mbs = u64::from(bits.unsigned()?) + 1;
    let height_units = u64::from(bits.unsigned()?) + 1;
    let frame_only = u64::from(bits.bit()?);
    if frame_only == 0 {
        bits.bit()?; // mb_adaptive_frame_field_flag
    }
    bits.bit()?; // direct_8x8_inference_flag
    let (mut width, mut height) = (width_mbs * 16, height_units * 16 * (2 - frame_only));
    if bits.bit()? == 1 {
        // §7.4.2.1.1: cropping counts chroma samples, and field pairs.
        let unit_x = if chroma == 1 || chroma == 2 { 2 } else { 1 };
        let unit_y = (if chroma == 1 { 2 } else { 1 }) * (2 - frame_only);
        let mut side = || bits.unsigned().map(u64::from);
        let (left, right, top, bottom) = (side()?, side()?, side()?, side()?);
        width = width.checked_sub((left + right) * unit_x).ok_or(DepacketiseError::Header)?;
        height = height.checked_sub((top + bottom) * unit_y).ok_or(DepacketiseError::Header)?;
    }
    match (u16::try_from(width), u16::try_from(height)) {
        (Ok(width), Ok(height)) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err(DepacketiseError::Header),
    }
}

fn chroma_format(bits: &mut Bits<'_>) -> Result<u32, DepacketiseError> {
    let chroma = bits.unsigned()?;
    if chroma == 3 {
        bits.bit()?; // separate_colour_plane_flag
    }
    bits.unsigned()?; // bit_depth_luma_minus8
    bits.unsigned()?; // bit_depth_chroma_minus8
    bits.bit()?; // qpprime_y_zero_transform_bypass_flag
    if bits.bit()? == 1 {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.bit()? == 1 {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Ok(chroma)
}

/// scaling_list(), §7.3.2.1.1.1.
fn skip_scaling_list(bits: &mut Bits<'_>, size: usize) -> Result<(), DepacketiseError> {
    let (mut last, mut next) = (8i64, 8i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + bits.signed()? + 256) % 256;
        }
        if next != 0 {
            last = next;
        }
    }
    Ok(())
}

fn skip_to_size(bits: &mut Bits<'_>) -> Result<(), DepacketiseError> {
    bits.unsigned()?; // log2_max_frame_num_minus4
    match bits.unsigned()? {
        0 => {
            bits.unsigned()?; // log2_max_pic_order_cnt_lsb_minus4
        }
        1 => {
            bits.bit()?;
            bits.signed()?;
            bits.signed()?;
            let cycle = bits.unsigned()?;
            if cycle > 255 {
                return Err(DepacketiseError::Header);
            }
            for _ in 0..cycle {
                bits.signed()?;
            }
        }
        _ => {}
    }
    bits.unsigned()?; // max_num_ref_frames
    bits.bit()?; // gaps_in_frame_num_value_allowed_flag
    Ok(())
}

/// Drops the third byte of every 00 00 03, ITU-T H.264 §7.4.1.
fn without_emulation_prevention(nal: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(nal.len());
    let mut zeros = 0;
    for &byte in nal {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        raw.push(byte);
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_of_a_baseline_and_of_a_cropped_high_stream() {
        // Chromium's OpenH264, 640×480 constrained baseline.
        let baseline = [0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x8d, 0x40, 0x50, 0x1e, 0xd0, 0x0f, 0x08, 0x84, 0x6a];
        assert_eq!(picture_size(&baseline), Ok((640, 480)));
        // x264, 1920×1080 high: 1088 lines less 8 cropped.
        let high = [
            0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04,
            0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c, 0x60, 0xc6, 0x58,
        ];
        assert_eq!(picture_size(&high), Ok((1920, 1080)));
    }

    #[test]
    fn a_cut_parameter_set_is_refused() {
        assert!(picture_size(&[0x67, 0x42]).is_err());
        assert!(picture_size(&[0x67, 0x42, 0, 0x1f, 0]).is_err());
    }
}
