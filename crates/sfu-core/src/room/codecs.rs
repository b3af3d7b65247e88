//! Codecs meet: what every leg of a room can take.

use model::Codec;

/// Codecs that all legs with video have, in the order of the preference. Legs without video have no say.
pub(crate) fn common(preference: &[Codec], legs: &[Vec<Codec>]) -> Vec<Codec> {
    let has_all = |codec: &Codec| legs.iter().filter(|codecs| !codecs.is_empty()).all(|codecs| codecs.contains(codec));
    preference.iter().copied().filter(has_all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Codec::{H264, Vp8};

    #[test]
    fn the_first_that_all_have() {
        let preference = [Vp8, H264];
        let both = vec![H264, Vp8];
        assert_eq!(common(&preference, &[]), [Vp8, H264]);
        assert_eq!(common(&preference, &[both.clone(), vec![]]), [Vp8, H264]);
        assert_eq!(common(&preference, &[both, vec![H264]]), [H264]);
        assert_eq!(common(&preference, &[vec![Vp8], vec![H264]]), []);
    }
}
