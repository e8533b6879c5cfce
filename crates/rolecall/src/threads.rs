//! The threads of a run.

use rayon::ThreadPoolBuilder;

/// Makes this thread, on which the run began, the first of those that share the work, and starts the others.
///
/// Without it as many would be started as there are processors while this one waits for them, each with memory of its
/// own that grows by small steps.
pub(crate) fn share() {
    // Where they are there already, they are used.
    let _ = ThreadPoolBuilder::new().use_current_thread().build_global();
}
