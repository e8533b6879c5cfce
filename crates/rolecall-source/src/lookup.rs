//! Values read again, by the bytes at which they start.

use crate::tape::Token;
use crate::{FaultKind, Node, Parts, Scanner, Tape};

/// Reads values of a text, one here and one there. In order of place each part of the text is had once.
#[derive(Default)]
pub struct Lookup {
    tokens: Vec<Token>,
}

impl Lookup {
    /// Reads the value that starts at a byte, and shows it; nothing where there is none.
    pub fn value<R>(&mut self, text: &mut impl Parts, at: u32, show: impl FnOnce(Node<'_, '_>) -> R) -> Option<R> {
        let all = text.end();
        let mut to = at.saturating_add(1);
        loop {
            let part = text.part(at, to);
            let mut tape = Tape::over(std::mem::take(&mut self.tokens));
            let outcome = Scanner::within(part.text, part.start, at).read_tape(&mut tape);
            let end = part.start as usize + part.text.len();
            let is_whole = outcome.is_ok() && (tape.root().end() as usize) < end;
            if is_whole || end >= all as usize || part.text.is_empty() {
                let shown = outcome.ok().map(|()| show(tape.root()));
                self.tokens = tape.into_tokens();
                return shown;
            }
            let is_cut = outcome.map_or_else(|fault| fault.kind == FaultKind::Truncated, |()| true);
            self.tokens = tape.into_tokens();
            if !is_cut {
                return None;
            }
            // It goes on beyond the part: twice as much is asked for.
            let had = u32::try_from(end).unwrap_or(u32::MAX).saturating_sub(at);
            to = at.saturating_add(had.saturating_mul(2).max(2)).min(all);
        }
    }
}
