use crate::limits::{PROMPT_FRAME_BYTES, PROMPT_FRAMES, PROMPTS, PROMPTS_BYTES};
use model::PromptId;
use std::{collections::BTreeMap, sync::Arc};
use wire::{
    engine::{Playlist, Refusal},
    prompt::Frames,
};

/// All prompts of a shard. Clones share the frames.
#[derive(Debug, Clone, Default)]
pub struct Prompts {
    whole: BTreeMap<PromptId, Arc<Prompt>>,
    /// Those of which parts are missing.
    arriving: BTreeMap<PromptId, Prompt>,
}

/// Frames of 20 ms, at least one once it is whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prompt {
    parts: Vec<Frames>,
    frames: usize,
    bytes: usize,
}

/// A place in a prompt.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    part: usize,
    frame: usize,
}

impl Prompt {
    /// The frame at this place, which moves to the next one; none at the end.
    pub(crate) fn take(&self, at: &mut Cursor) -> Option<&[u8]> {
        let part = self.parts.get(at.part)?;
        let frame = part.get(at.frame);
        at.frame += 1;
        if at.frame >= part.len() {
            *at = Cursor { part: at.part + 1, frame: 0 };
        }
        frame
    }

    /// The place is behind the last frame.
    pub(crate) fn is_over(&self, at: Cursor) -> bool {
        at.part >= self.parts.len()
    }
}

impl Prompts {
    /// Takes a part; see [`wire::engine::Command::LoadPrompt`].
    pub(crate) fn load(&mut self, prompt: PromptId, first: u32, of: u32, frames: Frames) -> Result<(), Refusal> {
        if self.whole.contains_key(&prompt) {
            return Ok(());
        }
        if first == 0 {
            self.arriving.remove(&prompt);
        }
        let (first, of) = (first as usize, of as usize);
        if !self.check(prompt, first, of, &frames)? {
            return Ok(());
        }
        let arriving = self.arriving.entry(prompt).or_default();
        arriving.frames += frames.len();
        arriving.bytes += frames.bytes();
        arriving.parts.push(frames);
        if arriving.frames == of
            && let Some(whole) = self.arriving.remove(&prompt)
        {
            self.whole.insert(prompt, Arc::new(whole));
        }
        Ok(())
    }

    /// Whether the part is news.
    fn check(&self, prompt: PromptId, first: usize, of: usize, frames: &Frames) -> Result<bool, Refusal> {
        let invalid = |detail: String| Err(Refusal::InvalidPrompt { prompt, detail });
        if of > PROMPT_FRAMES {
            return Err(Refusal::PromptTooLong { prompt, limit: "PROMPT_FRAMES".into() });
        }
        if frames.iter().any(|frame| !(1..=PROMPT_FRAME_BYTES).contains(&frame.len())) {
            return invalid(format!("a frame must have 1 to {PROMPT_FRAME_BYTES} bytes"));
        }
        let known = self.arriving.get(&prompt);
        let there = known.map_or(0, |arriving| arriving.frames);
        if first < there {
            return Ok(false);
        }
        if first > there || frames.is_empty() || first + frames.len() > of {
            return invalid(format!(
                "a part of {} frames from {first} on does not go on after {there} of {of}; load it from its beginning",
                frames.len()
            ));
        }
        let full = |limit: &str| Err(Refusal::TooManyPrompts { prompt, limit: limit.into() });
        if known.is_none() && self.whole.len() + self.arriving.len() >= PROMPTS {
            return full("PROMPTS");
        }
        let whole: usize = self.whole.values().map(|prompt| prompt.bytes).sum();
        let arriving: usize = self.arriving.values().map(|prompt| prompt.bytes).sum();
        if whole + arriving + frames.bytes() > PROMPTS_BYTES {
            return full("PROMPTS_BYTES");
        }
        Ok(true)
    }

    /// Forgets a prompt.
    pub(crate) fn unload(&mut self, prompt: PromptId) {
        self.whole.remove(&prompt);
        self.arriving.remove(&prompt);
    }

    /// That all of a playlist's prompts are there.
    pub(crate) fn check_all(&self, playlist: &Playlist) -> Result<(), Refusal> {
        match playlist.prompts().find(|prompt| !self.whole.contains_key(prompt)) {
            Some(prompt) => Err(Refusal::UnknownPrompt { prompt }),
            None => Ok(()),
        }
    }

    /// A whole prompt.
    pub(crate) fn get(&self, prompt: PromptId) -> Option<Arc<Prompt>> {
        self.whole.get(&prompt).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: PromptId = PromptId::of(1);

    fn frames(count: usize) -> Frames {
        Frames::new(vec![[7_u8; 80].as_slice(); count])
    }

    #[test]
    fn parts_make_a_whole_once_and_repeats_change_nothing() {
        let mut prompts = Prompts::default();
        prompts.load(ID, 0, 5, frames(2)).expect("the first part");
        prompts.load(ID, 2, 5, frames(2)).expect("the second");
        prompts.load(ID, 2, 5, frames(2)).expect("the same once more");
        assert!(prompts.get(ID).is_none(), "it is not whole");
        prompts.load(ID, 4, 5, frames(1)).expect("the last");
        prompts.load(ID, 0, 5, frames(2)).expect("it is there already");
        let whole = prompts.get(ID).expect("it is whole");
        let mut at = Cursor::default();
        let taken = std::iter::from_fn(|| whole.take(&mut at)).count();
        assert!(taken == 5 && whole.is_over(at));
        prompts.unload(ID);
        prompts.unload(ID);
        assert!(prompts.get(ID).is_none());
    }

    #[test]
    fn a_lost_part_is_named_and_it_can_be_loaded_from_its_beginning() {
        let mut prompts = Prompts::default();
        prompts.load(ID, 0, 6, frames(2)).expect("the first part");
        let refused = prompts.load(ID, 4, 6, frames(2)).expect_err("the middle is missing").to_string();
        assert!(refused.contains("does not go on after 2 of 6"), "{refused}");
        prompts.load(ID, 0, 6, frames(3)).expect("from the beginning");
        prompts.load(ID, 3, 6, frames(3)).expect("to the end");
        assert!(prompts.get(ID).is_some());
        let longer = prompts.load(PromptId::of(2), 0, 2, frames(3));
        assert!(matches!(longer, Err(Refusal::InvalidPrompt { .. })), "longer than it says: {longer:?}");
    }

    #[test]
    fn limits_are_named() {
        let mut prompts = Prompts::default();
        let too_long = prompts.load(ID, 0, PROMPT_FRAMES as u32 + 1, frames(1));
        assert_eq!(too_long, Err(Refusal::PromptTooLong { prompt: ID, limit: "PROMPT_FRAMES".into() }));
        let large = Frames::new([[0; PROMPT_FRAME_BYTES + 1].as_slice()]);
        assert!(matches!(prompts.load(ID, 0, 1, large), Err(Refusal::InvalidPrompt { .. })));
        for number in 0..PROMPTS as u128 {
            prompts.load(PromptId::of(100 + number), 0, 1, frames(1)).expect("there is room");
        }
        let too_many = prompts.load(ID, 0, 1, frames(1));
        assert_eq!(too_many, Err(Refusal::TooManyPrompts { prompt: ID, limit: "PROMPTS".into() }));
        prompts.unload(PromptId::of(100));
        prompts.load(ID, 0, 1, frames(1)).expect("there is room again");
    }
}
