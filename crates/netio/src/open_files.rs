use std::io;

/// Raises this process's own limit on open files to the most that it may have (RLIMIT_NOFILE): each page and each leg over
/// TCP is one. Returns the limit then.
pub fn raise_open_files_limit() -> io::Result<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a whole rlimit, which the call writes.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: the pointer is to a whole rlimit, which the call only reads.
    if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(limit.rlim_cur)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_the_most_that_is_allowed() {
        let raised = raise_open_files_limit().expect("what is allowed can be had");
        let told = std::fs::read_to_string("/proc/self/limits").expect("the kernel tells");
        let line = told.lines().find(|line| line.starts_with("Max open files")).expect("a line");
        let figures: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        assert_eq!(figures, [raised, raised]);
    }
}
