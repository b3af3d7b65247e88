//! What tests count. Here because an allocator is `unsafe`.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    static LIVE: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator, which counts for each thread what it holds. To be a test binary's `#[global_allocator]`:
/// other tests of the binary, on threads of their own, do not count then.
#[derive(Debug)]
pub struct CountingAllocator;

/// Bytes that this thread has allocated and not freed. What threads hand to each other counts for the one that made it,
/// and is missing from the one that freed it.
pub fn live_bytes() -> i64 {
    LIVE.get()
}

fn count(bytes: usize, sign: i64) {
    LIVE.set(LIVE.get() + sign * bytes as i64);
}

// SAFETY: every call goes to the system's allocator as it came; counting touches a cell of the thread that has no
// destructor and allocates nothing.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller keeps to the contract of this very method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), -1);
        count(size, 1);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
