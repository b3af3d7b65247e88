//! Finished WebM: sizes, duration and cues in front of the clusters.

use super::ebml;
use super::finish::{cut_at_keyframes, merged};
use super::layout::{Item, Layout};
use super::live::{self, LiveTracks};
use crate::assembler::{BlockTrack, VideoFormat};
use crate::limits;

/// Bytes of a cluster's head and timestamp.
const CLUSTER_OVERHEAD: u64 = 4 + 8 + (1 + 8 + 8);

/// A finished WebM file.
pub(super) struct Webm {
    items: Vec<Item>,
    tracks: LiveTracks,
    duration_ms: u64,
    /// First block of each cluster.
    clusters: Vec<usize>,
}

impl Webm {
    pub(super) fn new(sound: Vec<Item>, pictures: Vec<Item>, format: VideoFormat, duration_ms: u64) -> Self {
        let tracks = LiveTracks { audio: !sound.is_empty(), video: Some(format) };
        let items = merged(sound, pictures);
        let clusters = cut_at_keyframes(&items, limits::CLUSTER_MS);
        Self { items, tracks, duration_ms, clusters }
    }

    fn cluster_size(&self, cluster: usize) -> u64 {
        let blocks = self.items(cluster).iter().map(|item| ebml::block_size(u64::from(item.length)));
        CLUSTER_OVERHEAD + blocks.sum::<u64>()
    }

    /// Body of the Cues when the first cluster stands `first_at` bytes into the segment: every keyframe, and the
    /// sound until the first of them.
    fn cues(&self, first_at: u64) -> Vec<u8> {
        let mut body = Vec::new();
        let mut at = first_at;
        let mut seen_keyframe = false;
        for cluster in 0..self.clusters.len() {
            let first = self.items(cluster)[0];
            let keyframe = first.track == BlockTrack::Video && first.keyframe;
            seen_keyframe |= keyframe;
            if keyframe || !seen_keyframe {
                let mut position = Vec::new();
                ebml::put_unsigned(&mut position, ebml::CUE_TRACK, u64::from(live::track_number(first.track)));
                ebml::put_unsigned(&mut position, ebml::CUE_CLUSTER_POSITION, at);
                let mut point = Vec::new();
                ebml::put_unsigned(&mut point, ebml::CUE_TIME, first.place_ms);
                ebml::put(&mut point, ebml::CUE_TRACK_POSITIONS, &position);
                ebml::put(&mut body, ebml::CUE_POINT, &point);
            }
            at += self.cluster_size(cluster);
        }
        body
    }
}

impl Layout for Webm {
    fn head(&self) -> Vec<u8> {
        let mut info = Vec::new();
        ebml::put(&mut info, ebml::INFO, &live::info(Some(self.duration_ms as f64)));
        let mut tracks = Vec::new();
        ebml::put(&mut tracks, ebml::TRACKS, &live::tracks(&self.tracks));
        // Every number has eight bytes, so that sizes do not depend on values.
        let seek_size = seek_head([0; 3]).len() as u64;
        let info_at = seek_size;
        let tracks_at = info_at + info.len() as u64;
        let cues_at = tracks_at + tracks.len() as u64;
        let cues_size = 4 + 8 + self.cues(0).len() as u64;
        let mut cues = Vec::new();
        ebml::put(&mut cues, ebml::CUES, &self.cues(cues_at + cues_size));
        let clusters: u64 = (0..self.clusters.len()).map(|cluster| self.cluster_size(cluster)).sum();

        let mut head = live::ebml_head(true);
        ebml::put_id(&mut head, ebml::SEGMENT);
        ebml::put_size(&mut head, cues_at + cues_size + clusters);
        head.extend(seek_head([info_at, tracks_at, cues_at]));
        head.extend(info);
        head.extend(tracks);
        head.extend(cues);
        head
    }

    fn chunks(&self) -> usize {
        self.clusters.len()
    }

    fn items(&self, chunk: usize) -> &[Item] {
        let end = self.clusters.get(chunk + 1).copied().unwrap_or(self.items.len());
        &self.items[self.clusters[chunk]..end]
    }

    fn chunk(&self, chunk: usize, payloads: &[Vec<u8>]) -> Vec<u8> {
        let items = self.items(chunk);
        let base_ms = items[0].place_ms;
        let mut cluster = Vec::new();
        ebml::put_id(&mut cluster, ebml::CLUSTER);
        ebml::put_size(&mut cluster, self.cluster_size(chunk) - 12);
        ebml::put_unsigned(&mut cluster, ebml::TIMESTAMP, base_ms);
        for (item, payload) in items.iter().zip(payloads) {
            let relative = i16::try_from(item.place_ms - base_ms).expect("a cluster covers one second");
            ebml::put_block(&mut cluster, live::track_number(item.track), relative, item.keyframe, payload);
        }
        cluster
    }
}

/// The SeekHead element for info, tracks and cues.
fn seek_head(positions: [u64; 3]) -> Vec<u8> {
    let mut body = Vec::new();
    for (id, position) in [ebml::INFO, ebml::TRACKS, ebml::CUES].into_iter().zip(positions) {
        let mut seek = Vec::new();
        ebml::put(&mut seek, ebml::SEEK_ID, &id.to_be_bytes());
        ebml::put_unsigned(&mut seek, ebml::SEEK_POSITION, position);
        ebml::put(&mut body, ebml::SEEK, &seek);
    }
    let mut head = Vec::new();
    ebml::put(&mut head, ebml::SEEK_HEAD, &body);
    head
}
