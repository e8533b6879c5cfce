//! Signs that tell findings of one fingerprint apart, and problems, which have none.

use crate::verdict::Problem;
use siphasher::sip::SipHasher24;
use std::collections::HashMap;
use std::hash::Hasher;

/// How often each fingerprint was given.
#[derive(Default)]
pub(crate) struct Signs<'v>(HashMap<&'v str, u32>);

impl<'v> Signs<'v> {
    /// How many findings of this fingerprint there are so far, this one included.
    pub(crate) fn number(&mut self, fingerprint: &'v str) -> u32 {
        let number = self.0.entry(fingerprint).or_default();
        *number += 1;
        *number
    }

    /// A sign that no other finding has: the fingerprint, and from the second finding on a number.
    pub(crate) fn of(&mut self, fingerprint: &'v str) -> String {
        match self.number(fingerprint) {
            1 => fingerprint.to_owned(),
            number => format!("{fingerprint}-{number}"),
        }
    }
}

/// The same for the same problem with the same file.
pub(crate) fn of_problem(problem: &Problem) -> String {
    let mut hasher = SipHasher24::new();
    for part in [problem.kind, problem.path.as_deref().unwrap_or_default(), &problem.message] {
        hasher.write(part.as_bytes());
        // No text holds this byte, so parts cannot run into each other.
        hasher.write_u8(0xff);
    }
    let at = problem.location.as_ref().map_or(0, |location| location.start.offset);
    hasher.write_u32(at);
    format!("{:016x}", hasher.finish())
}
