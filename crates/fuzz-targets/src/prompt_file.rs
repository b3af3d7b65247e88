use prompts::{EXTENSIONS, from_file, limits};
use std::{
    panic::{PanicHookInfo, set_hook},
    process,
    sync::Once,
};

static HOOK: Once = Once::new();

/// The decoders' library may panic: that is contained and costs the file. We may not.
fn panicked(info: &PanicHookInfo<'_>) {
    eprintln!("{info}");
    if info.location().is_some_and(|location| location.file().contains("prompts/src")) {
        process::abort();
    }
}

/// An uploaded file of any content becomes a prompt within the limits or is refused, whatever its name says.
pub fn prompt_file(input: &[u8]) {
    HOOK.call_once(|| set_hook(Box::new(panicked)));
    let Some((&format, file)) = input.split_first() else { return };
    let name = EXTENSIONS[usize::from(format) % EXTENSIONS.len()];
    let Ok(prompt) = from_file(name, file) else { return };
    assert!(prompt.duration() <= limits::PROMPT_DURATION);
    assert!(prompt.frames().all(|frame| (1..=limits::FRAME_BYTES).contains(&frame.len())));
}
