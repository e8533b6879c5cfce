//! The shell on a terminal of its own, as people meet it.

use crate::rolecall;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take; it takes a moment.
const LONG: Duration = Duration::from_secs(60);

/// A shell and the terminal that it is on.
struct Terminal {
    keys: File,
    shown: Receiver<Vec<u8>>,
    /// What was shown after what was waited for last.
    rest: String,
    child: Child,
}

impl Terminal {
    fn new(arguments: &[&str]) -> Self {
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&keys).and_then(|()| unlockpt(&keys)).expect("it is ours");
        let name = ptsname(&keys, Vec::new()).expect("it has a name").into_string().expect("in letters");
        let end = || OpenOptions::new().read(true).write(true).open(&name).expect("its other end");
        let mut shell = rolecall(arguments);
        let child = shell.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end()).spawn().expect("it starts");
        let keys = File::from(keys);
        let mut screen = keys.try_clone().expect("the same");
        let (tell, shown) = channel();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            // With the shell the terminal ends, which reads as an error.
            while let Ok(read @ 1..) = screen.read(&mut part) {
                if tell.send(part[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { keys, shown, rest: String::new(), child }
    }

    /// Waits until something is shown after what was waited for before.
    fn wait_for(&mut self, wanted: &str) {
        let until = Instant::now() + LONG;
        loop {
            if let Some(at) = self.rest.find(wanted) {
                self.rest.drain(..at + wanted.len());
                return;
            }
            let more = self.shown.recv_timeout(until.saturating_duration_since(Instant::now()));
            if more.is_err() {
                self.child.kill().expect("it can be ended");
            }
            assert!(more.is_ok(), "no {wanted:?} in {:?}", self.rest);
            self.rest += &String::from_utf8_lossy(&more.unwrap_or_default());
        }
    }

    /// Presses what ends the shell, and gives its exit code.
    fn end(mut self) -> Option<i32> {
        // Keys pressed before the shell asks for more are lost.
        self.wait_for("rolecall> ");
        self.press("\x04", "");
        let until = Instant::now() + LONG;
        while self.child.try_wait().expect("it is known").is_none() {
            if Instant::now() > until {
                self.child.kill().expect("it can be ended");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.child.wait().expect("it ends").code()
    }

    fn press(&mut self, keys: &str, wanted: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it takes keys");
        self.wait_for(wanted);
    }
}

#[test]
fn tab_completes_a_question_a_name_and_a_permission() {
    let mut terminal = Terminal::new(&["shell", "fixtures/dialects/platform"]);
    terminal.wait_for("rolecall> ");
    terminal.press("ca\t", "rolecall> can");
    terminal.press(" \"ana al\t", "can \"Ana Alves\"");
    terminal.press(" recording:recording:v\t", "can \"Ana Alves\" recording:recording:view");
    // Of several that fit the second Tab shows all.
    terminal.press("\x15can Ana\t\t", "analytics:queueObservation:view");
    terminal.press("\x15can \"ana al\t recording:recording:v\t\r", "`Ana Alves` can `recording:recording:view`");
    assert_eq!(terminal.end(), Some(0));
}
