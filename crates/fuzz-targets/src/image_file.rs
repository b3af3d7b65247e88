use images::{check, limits::LOGO};

/// An uploaded file of any content is a picture within its bounds or is refused.
pub fn image_file(input: &[u8]) {
    let Ok(picture) = check(input, LOGO) else { return };
    assert!((1..=LOGO.width).contains(&picture.width) && (1..=LOGO.height).contains(&picture.height));
}
