use std::io;

/// Keeps the calling thread on one CPU: the `index`-th of those the process may use.
pub fn pin_current_thread(index: usize) -> io::Result<()> {
    let allowed = allowed()?;
    let cpu = (0..libc::CPU_SETSIZE as usize)
        // SAFETY: `cpu` is below CPU_SETSIZE.
        .filter(|&cpu| unsafe { libc::CPU_ISSET(cpu, &allowed) })
        .nth(index)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no CPU number {index} for this process")))?;
    // SAFETY: a cpu_set_t of zeros is the empty set; `cpu` is below CPU_SETSIZE; the pointer and size are those of `only`.
    let result = unsafe {
        let mut only: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut only);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &only)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn allowed() -> io::Result<libc::cpu_set_t> {
    // SAFETY: a cpu_set_t of zeros is the empty set; the pointer and size are those of `set`.
    let (result, set) = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        (libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set), set)
    };
    if result == 0 { Ok(set) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_thread_has_one_cpu() {
        std::thread::spawn(|| {
            pin_current_thread(0).expect("there is a first CPU");
            assert_eq!(std::thread::available_parallelism().expect("known").get(), 1);
            assert_eq!(pin_current_thread(1).map_err(|e| e.kind()), Err(io::ErrorKind::NotFound));
        })
        .join()
        .expect("the thread's assertions hold");
    }
}
