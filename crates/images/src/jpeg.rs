use crate::{Format, ImageError, Picture, broken, limits::Bounds, within};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, options::DecoderOptions},
};

const START_OF_SCAN: [u8; 2] = [0xff, 0xda];
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];

pub(crate) fn check(file: &[u8], most: Bounds) -> Result<Picture, ImageError> {
    // The header is read whatever its size, so that a refusal can name it.
    let options = DecoderOptions::default().set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(because)?;
    let info = decoder.info().ok_or_else(|| broken(Format::Jpeg, "it has no header"))?;
    let picture = within(Format::Jpeg, u32::from(info.width), u32::from(info.height), most)?;
    if !is_ended(file) {
        return Err(broken(Format::Jpeg, "it ends before its last line"));
    }
    decoder.decode().map_err(because)?;
    Ok(picture)
}

/// The decoder makes up what is missing at the end. In coded data 0xff is followed by zero (ITU-T T.81 §B.1.1.5), so
/// that a mark is a mark; a small picture inside the header has its own end before the last scan.
fn is_ended(file: &[u8]) -> bool {
    let last = |mark: [u8; 2]| file.windows(2).rposition(|two| two == mark);
    last(END_OF_IMAGE) > last(START_OF_SCAN)
}

fn because(error: impl std::fmt::Debug) -> ImageError {
    broken(Format::Jpeg, format!("{error:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::LOGO;

    /// 8 × 8 grey pixels.
    const GREY: &[u8] = include_bytes!("../tests/grey.jpg");

    fn refusal(file: &[u8]) -> String {
        check(file, LOGO).expect_err("refused").to_string()
    }

    #[test]
    fn a_whole_image_has_its_size() {
        assert_eq!(check(GREY, LOGO), Ok(Picture { format: Format::Jpeg, width: 8, height: 8 }));
    }

    #[test]
    fn an_image_that_was_cut_off_is_refused_wherever() {
        for end in [2, 20, GREY.len() / 2, GREY.len() - 4, GREY.len() - 1] {
            assert!(refusal(&GREY[..end]).contains("cannot be decoded as JPEG"), "at {end}");
        }
    }

    #[test]
    fn a_header_of_too_many_pixels_is_refused_with_them() {
        let mut file = GREY.to_vec();
        let frame = file.windows(2).position(|two| two == [0xff, 0xc0]).expect("a frame");
        file[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        assert_eq!(refusal(&file), "has 65535 × 65535 pixels; 100 × 100 are allowed");
    }
}
