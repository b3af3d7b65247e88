use crate::hostile_call::{HOSTILE, HostileCall};
use sfu_core::testing::World;
use std::cell::RefCell;

thread_local! {
    static CALL: RefCell<HostileCall> = RefCell::new(HostileCall::new());
}

/// Binding requests with any attributes, from anywhere, are answered or not and cost nobody's call, also where their
/// integrity is right. The input is the number in the claimed address, then attributes.
pub fn binding_requests(input: &[u8]) {
    let Some((&from, attributes)) = input.split_first() else { return };
    CALL.with_borrow_mut(|call| {
        let request = call.world.sfu.binding_request_with(World::leg(HOSTILE), attributes).expect("the leg is there");
        let source = if from == 0 { call.world.clients[HOSTILE].address() } else { ([203, 0, 113, from], 5000).into() };
        call.world.inject(source, &request);
        call.look();
    });
}
