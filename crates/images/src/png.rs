use crate::{
    Format, ImageError, Picture, broken,
    limits::{Bounds, PNG_MEMORY},
    within,
};
use png::{Decoder, Limits};
use std::io::Cursor;

pub(crate) fn check(file: &[u8], most: Bounds) -> Result<Picture, ImageError> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: PNG_MEMORY });
    // What texts and colour profiles say is of no use here, and unpacking them would cost.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(because)?;
    let picture = within(Format::Png, header.width, header.height, most)?;
    let mut reader = decoder.read_info().map_err(because)?;
    while reader.next_row().map_err(because)?.is_some() {}
    reader.finish().map_err(because)?;
    Ok(picture)
}

fn because(error: png::DecodingError) -> ImageError {
    broken(Format::Png, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{BACKGROUND, LOGO};

    fn image(width: u32, height: u32) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        let pixels: Vec<u8> = (0..width * height * 3).map(|index| (index * 7 % 251) as u8).collect();
        writer.write_image_data(&pixels).expect("as many pixels");
        writer.finish().expect("an end");
        file
    }

    /// The same file, whose header names another size.
    fn lying(mut file: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc(&file[12..29]);
        file[29..33].copy_from_slice(&sum.to_be_bytes());
        file
    }

    // PNG, third edition, annex D.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |sum: u32, _| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
        !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
    }

    fn refusal(file: &[u8]) -> String {
        check(file, LOGO).expect_err("refused").to_string()
    }

    #[test]
    fn a_whole_image_has_its_size() {
        let picture = Picture { format: Format::Png, width: 100, height: 80 };
        assert_eq!(check(&image(100, 80), LOGO), Ok(picture));
    }

    #[test]
    fn one_pixel_too_many_is_refused_with_both_sizes() {
        assert_eq!(refusal(&image(101, 100)), "has 101 × 100 pixels; 100 × 100 are allowed");
        assert_eq!(check(&image(101, 100), BACKGROUND).map(|picture| picture.width), Ok(101));
        assert!(refusal(&lying(image(10, 10), 1 << 30, 1 << 30)).contains("pixels"), "before anything is unpacked");
    }

    #[test]
    fn an_image_that_was_cut_off_is_refused_wherever() {
        let file = image(40, 40);
        for end in [8, 20, 33, 60, file.len() / 2, file.len() - 13, file.len() - 5] {
            assert!(refusal(&file[..end]).contains("cannot be decoded as PNG"), "at {end} of {}", file.len());
        }
    }

    #[test]
    fn a_header_that_promises_more_than_there_is_is_refused() {
        let honest = image(40, 40);
        assert!(check(&lying(honest.clone(), 40, 40), LOGO).is_ok(), "the sum is made right");
        for (width, height) in [(40, 100), (100, 40), (100, 100), (0, 40)] {
            assert!(refusal(&lying(honest.clone(), width, height)).contains("PNG"), "{width} x {height}");
        }
    }
}
