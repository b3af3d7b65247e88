use std::io;

/// Lets the calling thread run before all threads of the usual kind (SCHED_RR, the lowest such priority). Needs
/// CAP_SYS_NICE or an RLIMIT_RTPRIO of 1. The kernel leaves a share of each second to others, by default 5 %.
pub fn make_current_thread_real_time() -> io::Result<()> {
    let lowest = libc::sched_param { sched_priority: 1 };
    // SAFETY: the pointer is to a whole sched_param, which the call only reads; 0 is the calling thread.
    let result = unsafe { libc::sched_setscheduler(0, libc::SCHED_RR | libc::SCHED_RESET_ON_FORK, &lowest) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_real_time_where_that_is_allowed() {
        let policy = std::thread::spawn(|| {
            let made = make_current_thread_real_time();
            // SAFETY: it only reads the calling thread's policy.
            made.map(|()| unsafe { libc::sched_getscheduler(0) } & !libc::SCHED_RESET_ON_FORK)
        });
        match policy.join().expect("nothing panics there") {
            Ok(policy) => assert_eq!(policy, libc::SCHED_RR),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::PermissionDenied),
        }
    }
}
