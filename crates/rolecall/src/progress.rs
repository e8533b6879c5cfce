//! A bar on standard error, for people who wait longer than a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bar of a run; it is cleared when dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    done: Option<Sender<()>>,
}

impl Progress {
    /// A bar over so many bytes, which stays hidden for the first second and wherever
    /// standard error is no terminal.
    pub(crate) fn new(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        if !stderr().is_terminal() {
            return Self { bar, done: None };
        }
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {bytes}/{total_bytes} {elapsed}") {
            bar.set_style(style);
        }
        let (done, waits) = mpsc::channel();
        let later = bar.clone();
        std::thread::spawn(move || {
            if waits.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                later.set_draw_target(ProgressDrawTarget::stderr());
                later.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Self { bar, done: Some(done) }
    }

    /// Says what is being done.
    pub(crate) fn says(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// So many bytes more are done.
    pub(crate) fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            // The thread may be gone already.
            let _ = done.send(());
        }
        self.bar.finish_and_clear();
    }
}
